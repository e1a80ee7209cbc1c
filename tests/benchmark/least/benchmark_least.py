# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The least that a module with the requests library can do: one GET. What this costs, no such module can save."""

from __future__ import annotations

import requests
from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    spec = {"url": {"type": "str"}, "headers": {"type": "dict"}, "ca_path": {"type": "path"}}
    module = AnsibleModule(argument_spec=spec)
    params = module.params
    answer = requests.get(params["url"], headers=params["headers"], verify=params["ca_path"], timeout=30)
    module.exit_json(changed=False, json=answer.json())


if __name__ == "__main__":
    main()
