"""Addresses of programmes and the glossary."""

from django.urls import URLPattern, path

from contracts.programmes.views import glossary, publishing, versions

urlpatterns: list[URLPattern] = [
    path("programmes/", publishing.programmes, name="programmes"),
    path("programmes/publish/", publishing.publish, name="publish_programme"),
    path(
        "programmes/<slug:code>/<int:number>/",
        versions.programme_version,
        name="programme_version",
    ),
    path("glossary/", glossary.glossary, name="glossary"),
]
