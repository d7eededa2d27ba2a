# One image for web, worker, beat and the one-off migration. Built in stages, so that neither Node nor
# pip's leftovers are in what runs. Health URLs: /health/live and /health/ready.

FROM node:24-slim AS node

FROM python:3.13-slim AS frontend
COPY --from=node /usr/local/bin /usr/local/bin
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
WORKDIR /build
COPY package.json package-lock.json ./
COPY portal/__init__.py portal/
COPY portal/ui portal/ui
COPY devstack devstack
RUN python -m devstack.frontend --no-dev

FROM python:3.13-slim AS packages
RUN python -m venv /opt/portal
COPY requirements/base.txt /tmp/base.txt
RUN /opt/portal/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary=:all: -r /tmp/base.txt

FROM python:3.13-slim AS runtime
ENV PATH=/opt/portal/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=portal.settings
RUN useradd --system --uid 10001 --home-dir /srv/portal --shell /usr/sbin/nologin portal
WORKDIR /srv/portal
COPY --from=packages /opt/portal /opt/portal
COPY . .
COPY --from=frontend /build/static_build static_build
# Collected into the image; the settings are only read here, nothing is connected to.
RUN SECRET_KEY=only-to-read-the-settings-while-the-image-is-built \
    DATABASE_URL=postgres://nowhere/portal REDIS_URL=redis://nowhere \
    python manage.py collectstatic --noinput && python -m compileall -q .
RUN install --directory --owner=portal /srv/files
USER portal
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
CMD ["gunicorn", "portal.wsgi", "--bind", "0.0.0.0:8000", "--threads", "16", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-"]
