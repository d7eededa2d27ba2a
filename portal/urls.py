"""All addresses of the portal."""

from django.conf import settings
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from portal.files import views as file_pages
from portal.files.tus import views as tus
from portal.views import (
    attachments,
    drafts,
    exports,
    gallery,
    health,
    inbox,
    lookups,
    notice_settings,
    palette,
    shell,
    sign_ins,
)

handler400 = "portal.edge.not_understood"

urlpatterns = [
    path("", shell.home, name="home"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read_all_notices, name="read_all_notices"),
    path("inbox/mark/", inbox.mark_notices, name="mark_notices"),
    path("inbox/<int:pk>/read/", inbox.read_notice, name="read_notice"),
    path("lookups/<slug:code>/", lookups.lookup, name="lookup"),
    path("drafts/", drafts.keep, name="drafts"),
    path("drafts/done/", drafts.done, name="drafts_done"),
    path("drafts/<int:pk>/", drafts.one, name="draft"),
    path("palette/", palette.palette, name="palette"),
    path("files/<int:pk>/", attachments.attachment, name="attachment"),
    path("account/notices/", notice_settings.notice_settings, name="notice_settings"),
    path("unsubscribe/<str:token>/", notice_settings.unsubscribe, name="unsubscribe"),
    path("exports/", exports.exports, name="exports"),
    path("exports/new/", exports.ask_export, name="ask_export"),
    path("exports/<int:pk>/", exports.export, name="export"),
    path("exports/<int:pk>/file/", exports.export_file, name="export_file"),
    path("exports/<int:pk>/cancel/", exports.cancel_export, name="cancel_export"),
    path("files/<int:pk>/view/", file_pages.file, name="file"),
    path("files/<int:pk>/image/", file_pages.image, name="file_image"),
    path("files/<int:pk>/remove/", file_pages.remove, name="remove_file"),
    path("api/uploads/", tus.slots, name="api_uploads"),
    path("api/uploads/<uuid:pk>/", tus.slot, name="api_upload"),
    path("account/sign-ins/", sign_ins.sign_ins, name="sign_ins"),
    path("account/", include("portal.account_urls")),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", health.metrics, name="metrics"),
    *([path("gallery/", gallery.show, name="gallery")] if settings.DEBUG else []),
    path("api/schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("", include("cases.urls")),  # first: asked for most, and few addresses to look through
    path("", include("contracts.urls")),
    path("", include("escalation.urls")),
    path("", include("scorecard.urls")),
]
