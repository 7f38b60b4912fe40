"""Paths of the API."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from helpdesk.api import about, actions, changes, due, figures, joining, letters, lists, proposals, review, targets
from helpdesk.api.threads import ThreadViewSet
from helpdesk.api.token import token

router = SimpleRouter()
router.register("threads", ThreadViewSet, basename="thread")
router.register("letters", letters.Letters, basename="letter")

app_name = "api"
below_thread = [
    path("replies/", actions.replies, name="replies"),
    path("macros/", actions.macros, name="macros"),
    path("notes/", actions.notes, name="notes"),
    path("forwards/", actions.forwards, name="forwards"),
    path("status/", actions.status, name="status"),
    path("snooze/", actions.snooze, name="snooze"),
    path("chase/", review.chase, name="chase"),
    path("skip/", review.skip, name="skip"),
    path("priority/", actions.priority, name="priority"),
    path("due/", due.due, name="due"),
    path("assignment/", actions.assignment, name="assignment"),
    path("contact/", actions.contact, name="contact"),
    path("tags/", actions.tags, name="tags"),
    path("thanks/", joining.thanks, name="thanks"),
    path("read/", actions.read, name="read"),
    path("folder/", actions.folder, name="folder"),
    path("subject/", about.subject, name="subject"),
    path("about/", about.about, name="about"),
    path("customer/", about.customer, name="customer"),
    path("candidates/", about.candidates, name="candidates"),
    path("cart/", about.cart, name="cart"),
    path("refusals/", about.refusals, name="refusals"),
    path("refusals/<int:cart_id>/", about.refusal, name="refusal"),
    path("merge/", joining.merge, name="merge"),
    path("merges/<int:merge_id>/split/", joining.split, name="split"),
    path("split/", joining.split_off, name="split_off"),
    path("requester/", joining.requester, name="requester"),
    path("addresses/<int:proposal_id>/acceptance/", proposals.acceptance, name="proposal_acceptance"),
    path("addresses/<int:proposal_id>/refusal/", proposals.refusal, name="proposal_refusal"),
    path("messages/<int:message_id>/recall/", joining.recall, name="recall"),
    path("messages/<int:message_id>/delivery/", joining.delivery, name="delivery"),
    path("messages/<int:message_id>/sender/", joining.sender, name="sender"),
    path("messages/<int:message_id>/arrival/", joining.arrival, name="arrival"),
]
urlpatterns = [
    path("", include(router.urls)),
    path("threads/<int:thread_id>/", include(below_thread)),
    path("records/carts/<int:cart_id>/letters/", letters.about_cart, name="about_cart"),
    path("records/customers/<int:customer_id>/whatsapp/", letters.by_whatsapp, name="whatsapp"),
    path("thread-changes/", changes.changes, name="thread_changes"),
    path("thread-changes/<int:change_id>/undo/", changes.undo, name="undo_thread_change"),
    path("review/", review.numbers, name="review"),
    path("review/threads/", review.forgotten, name="review_threads"),
    path("review/delegations/", review.delegations, name="review_delegations"),
    path("review/delegations/<int:delegation_id>/", review.delegation, name="review_delegation"),
    path("review/delegations/<int:delegation_id>/end/", review.end, name="review_end"),
    path("review/follow-ups/", review.follow_ups, name="review_follow_ups"),
    path("review/follow-ups/<int:job_id>/", review.follow_up, name="review_follow_up"),
    path("review/follow-ups/<int:job_id>/stop/", review.stop, name="review_stop"),
    path("review/follow-ups/<int:job_id>/retry/", review.retry, name="review_retry"),
    path("contacts/", lists.contacts, name="contacts"),
    path("statuses/", lists.statuses, name="statuses"),
    path("targets/", targets.targets, name="targets"),
    path("targets/rules/", targets.rules, name="target_rules"),
    path("targets/<int:target_id>/", targets.target, name="target"),
    path("close-reasons/", lists.close_reasons, name="close_reasons"),
    path("agents/", lists.agents, name="agents"),
    path("predefined-replies/", lists.predefined_replies, name="predefined_replies"),
    path("attachments/<int:attachment_id>/", lists.attachment, name="attachment"),
    path("statistics/", figures.figures, name="statistics"),
    path("statistics/staffing/", figures.staffing, name="staffing"),
    path("statistics/export/", figures.export, name="export"),
    path("token/", token, name="token"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="helpdesk/api_docs.html"),
        name="docs",
    ),
]
