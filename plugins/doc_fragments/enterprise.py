# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to reach a Redis Enterprise cluster."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - URL of the REST API of the cluster, such as V(https://cluster.example.com:9443).
      - The environment variable E(REDIS_ENTERPRISE_URL) is used when this option is not set.
    type: str
    required: true
  api_username:
    description:
      - Name of a user of the cluster, as a rule an e-mail address.
      - A user whose role is limited to some databases does not see the others. Use one that sees them all, because a
        database that cannot be seen cannot be told from one that does not exist.
      - The environment variable E(REDIS_ENTERPRISE_USER) is used when this option is not set.
    type: str
    required: true
  api_password:
    description:
      - Password of O(api_username).
      - The environment variable E(REDIS_ENTERPRISE_PASSWORD) is used when this option is not set.
    type: str
    required: true
  redirect_hosts:
    description:
      - Names or addresses of further hosts to which the credentials may be sent, when the host in O(api_url) redirects
        there. A node that is not the primary one redirects to the primary one.
      - List the nodes of the cluster here, or turn on C(handle_redirects) in the cluster. A redirect to a host that is not
        listed ends in a failure; a redirect from HTTPS to HTTP always does.
    type: list
    elements: str
    default: []
  validate_certs:
    description:
      - Whether to verify the certificate of the server. Clusters have self-signed certificates unless somebody has replaced
        them; name the certificate in O(ca_path) rather than turning this off.
      - When this option is not set and the environment variable E(REDIS_ENTERPRISE_INSECURE) is V(true), V(yes), V(on) or
        V(1), certificates are not verified.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificates of the authorities to trust, in PEM format, on the host that runs the module.
      - The environment variable E(REDIS_ENTERPRISE_CA_CERT) is used when this option is not set.
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
requirements:
  - Python >= 3.9 and the Python library requests on the host that runs the module.
notes:
  - A wrong password is never tried twice, because a cluster locks users after some failures.
  - This collection has been tested against a simulator that was built from the published and recorded behaviour of the
    API in the versions 7.4 to 8.2, and not against a live cluster.
"""
