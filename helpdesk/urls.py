"""Paths of the queue, the threads and the desk's settings."""

from django.urls import path

from helpdesk.views import actions, attachments, controls, drafts, frames, queue, replies_picker, thread

app_name = "helpdesk"
urlpatterns = [
    path("", queue.show, name="queue"),
    path("threads/<int:thread_id>/", thread.show, name="thread"),
    path("threads/<int:thread_id>/conversation/", thread.conversation, name="conversation"),
    path("threads/<int:thread_id>/header/", thread.header, name="header"),
    path("threads/<int:thread_id>/composer/", thread.composer, name="composer"),
    path("threads/<int:thread_id>/panel/", thread.panel, name="panel"),
    path("threads/<int:thread_id>/beside/", thread.beside, name="beside"),
    path("threads/<int:thread_id>/next/", thread.step, {"to": "next"}, name="next"),
    path("threads/<int:thread_id>/previous/", thread.step, {"to": "previous"}, name="previous"),
    path("threads/<int:thread_id>/choices/<slug:what>/", thread.choices, name="choices"),
    path("threads/<int:thread_id>/messages/<int:message_id>/as-sent/", frames.as_sent, name="as_sent"),
    path("threads/<int:thread_id>/messages/<int:message_id>/frame/", frames.frame, name="frame"),
    path("threads/<int:thread_id>/messages/<int:message_id>/recall/", actions.recall, name="recall"),
    path("threads/<int:thread_id>/messages/<int:message_id>/send-again/", actions.send_again, name="send_again"),
    path("threads/<int:thread_id>/reply/", actions.reply, name="reply"),
    path("threads/<int:thread_id>/note/", actions.note, name="note"),
    path("threads/<int:thread_id>/forward/", actions.forward, name="forward"),
    path("threads/<int:thread_id>/draft/", drafts.save, name="draft"),
    path("threads/<int:thread_id>/draft/discard/", drafts.discard, name="discard"),
    path("threads/<int:thread_id>/draft/files/", attachments.upload, name="upload"),
    path("threads/<int:thread_id>/draft/pictures/", attachments.upload_picture, name="upload_picture"),
    path("threads/<int:thread_id>/draft/files/<int:attachment_id>/remove/", attachments.remove, name="remove_file"),
    path("threads/<int:thread_id>/replies/", replies_picker.index, name="replies"),
    path("threads/<int:thread_id>/replies/<int:reply_id>/", replies_picker.preview, name="reply_preview"),
    path("threads/<int:thread_id>/replies/use/", replies_picker.use, name="use_reply"),
    path("threads/<int:thread_id>/replies/insert/", replies_picker.insert, name="insert_reply"),
    path("threads/<int:thread_id>/status/", controls.status, name="status"),
    path("threads/<int:thread_id>/assignment/", controls.assignment, name="assignment"),
    path("threads/<int:thread_id>/contact/", controls.contact, name="move"),
    path("threads/<int:thread_id>/subject/", controls.subject, name="subject"),
    path("threads/<int:thread_id>/tags/", controls.tags, name="tags"),
    path("threads/<int:thread_id>/order/", controls.order, name="order"),
    path("threads/<int:thread_id>/unread/", controls.unread, name="unread"),
    path("threads/<int:thread_id>/spam/", controls.spam, name="spam"),
    path("threads/<int:thread_id>/bin/", controls.trash, name="trash"),
    path("attachments/<int:attachment_id>/", attachments.show, name="attachment"),
    path("pictures/<str:token>/", frames.picture, name="picture"),
]
