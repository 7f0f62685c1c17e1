# Triad in a container: CPU only, no secrets, code that the app cannot write to. docs/hosting.md says how to run it.
FROM python:3.11-slim-bookworm

# Where the builds of torch without CUDA lie; another index, or a mirror of this one, may be named instead.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
# Debian packages with media, by names as in packages.txt; none by default.
ARG PACKS=""

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /app

# Torch first, at the pinned versions: what follows then finds it there and does not fetch the large build.
# The imports fail where the three do not fit together: better here than when somebody is waiting.
COPY requirements.txt .
RUN grep -E '^(torch|torchvision|torchaudio)==' requirements.txt > /tmp/torch.txt \
    && pip install --index-url "$TORCH_INDEX" -r /tmp/torch.txt \
    && pip install -r requirements.txt \
    && pip check \
    && python -c "import torch, torchvision, torchaudio, timm"

RUN if [ -n "$PACKS" ]; then apt-get update \
    && apt-get install -y --no-install-recommends $PACKS \
    && rm -rf /var/lib/apt/lists/*; fi

COPY app.py LICENSE ./
COPY .streamlit .streamlit
COPY assets assets
COPY components components
COPY core core
COPY pages pages
RUN python -m compileall -q core components

# The number that hosts expect of somebody who is not root. He owns two folders and nothing else.
RUN useradd --create-home --uid 1000 triad \
    && install -d -o triad -g triad /data /cache
USER triad

# /data keeps imported catalogs and trained runs; /cache what can be made again, and the votes of a class.
ENV HOME=/home/triad \
    HF_HOME=/cache/huggingface \
    TRIAD_DATA_DIR=/data \
    TRIAD_CACHE_DIR=/cache
VOLUME /data

EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=5)"]
CMD ["streamlit", "run", "app.py", "--server.port=8501", "--server.address=0.0.0.0", "--server.headless=true"]
