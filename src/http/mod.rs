//! What a running process answers over HTTP: `/metrics`, `/healthz`, `/readyz`.
