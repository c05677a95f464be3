# The product in a container: API, worker and the other commands, as an unprivileged user.
# docker-compose.yml puts PostgreSQL, Redis and these together.

# --- Python packages, by locked hash
FROM python:3.12-slim-bookworm AS packages
COPY requirements.lock /build/
RUN python -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        --require-hashes -r /build/requirements.lock

# --- the screens' JavaScript libraries, by locked hash
FROM node:22-bookworm-slim AS libraries
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM packages AS screens
WORKDIR /build
COPY map_ui/ map_ui/
COPY --from=libraries /build/node_modules node_modules/
RUN /opt/venv/bin/python -m map_ui.vendor

# --- what runs
FROM python:3.12-slim-bookworm
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin roundsman \
    && install -d -o roundsman -g roundsman /var/lib/roundsman
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY . .
COPY --from=screens /build/map_ui/static/vendor map_ui/static/vendor/
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    ROUNDSMAN_HOST=0.0.0.0 \
    ROUNDSMAN_LOG_JSON=true \
    ROUNDSMAN_STATE_DIR=/var/lib/roundsman
USER roundsman
VOLUME /var/lib/roundsman
EXPOSE 8765
ENTRYPOINT ["python", "-P", "-m", "cli"]
CMD ["serve"]
