"""The Friday review: what nobody followed up, worked off by keyboard, given to others, asked in bulk.

`groups` says what is forgotten and why, `lists` what one agent sees of a week, `proposals` what is proposed to send,
`texts` the replies that the shop begins with, `jobs` goes on with what takes longer than a page.
"""
