# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to reach Redis Cloud."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - URL of the Redis Cloud REST API.
      - The environment variables E(REDISCLOUD_URL) and E(REDIS_CLOUD_API_URL) are used when this option is not set.
    type: str
    default: https://api.redislabs.com/v1
  api_key:
    description:
      - The account key of the Redis Cloud API.
      - The environment variables E(REDISCLOUD_ACCESS_KEY) and E(REDIS_CLOUD_API_KEY) are used when this option is not set.
    type: str
    required: true
  api_secret_key:
    description:
      - The user key (secret key) of the Redis Cloud API.
      - The environment variables E(REDISCLOUD_SECRET_KEY) and E(REDIS_CLOUD_API_SECRET) are used when this option is not set.
    type: str
    required: true
  validate_certs:
    description:
      - Whether to verify the certificate of the server.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificates of the authorities to trust, in PEM format, on the host that runs the module.
    type: path
  client_cert:
    description:
      - A file with the certificate to show to the server, in PEM format. It may hold the key, too.
    type: path
  client_key:
    description:
      - A file with the private key of O(client_cert).
    type: path
  api_timeout:
    description:
      - How many seconds to wait for the answer to one request.
    type: int
    default: 30
  api_retries:
    description:
      - How often to repeat a request that could not be delivered, before the API has answered for the first time.
      - Once it has answered, reading requests are repeated until the deadline of the module. Requests that change
        something are repeated only when it is certain that they had no effect.
    type: int
    default: 5
  api_requests_per_minute:
    description:
      - How many requests all processes on one host may send within a minute. They share this budget, and who finds it used
        up waits. Redis Cloud allows 400 for each API key.
      - Lower it when the key is used elsewhere at the same time. V(0) turns the budget off; the answers of the API that ask
        to slow down are obeyed in any case.
      - The environment variable E(REDIS_CLOUD_REQUESTS_PER_MINUTE) is used when this option is not set.
    type: int
    default: 400
requirements:
  - Python >= 3.9 and the Python library requests on the host that runs the module.
notes:
  - This collection has been tested against a simulator that was built from the published and recorded behaviour of the
    API, and not against the live service.
"""
