#!/usr/bin/python

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_enterprise_databases
short_description: Manage many databases of a Redis Enterprise cluster at once
description:
  - Brings the databases of a Redis Enterprise Software cluster to the desired state in one run. They are listed and compared
    together, requested one after the other without waiting, and built by the cluster side by side.
  - A run that was interrupted can simply be repeated. What it had started is found and joined; a database is never
    created twice.
  - One database that fails at the server does not stop the others. The module fails at the end and names all reasons.
  - A mistake that can be known beforehand, such as a value that an option does not take, fails the task before anything is sent.
extends_documentation_fragment:
  - community.redis.enterprise
  - community.redis.wait
  - community.redis.secrets
  - community.redis.attributes
  - community.redis.attributes.actiongroup_enterprise
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - With O(update_password=always) and one of the values that the cluster does not return, every run sends it and
        reports a change.
  async:
    support: full
options:
  purge:
    description:
      - Whether to delete the databases of the cluster that O(databases) does not name, and all their data. The local parts
        of Active-Active databases and internal databases are never deleted.
    type: bool
    default: false
  purge_all:
    description:
      - Whether O(purge=true) may delete every database of the cluster, when O(databases) keeps none.
    type: bool
    default: false
  databases:
    description:
      - The databases.
    type: list
    elements: dict
    required: true
    suboptions:
      state:
        description:
          - Whether the database should exist. V(present) is used when it is left out.
        type: str
        choices: [present, absent]
      # fields of redis_enterprise_database, see scripts/plural_docs.py
      name:
        description:
          - Name of the database. At most 63 letters, digits and hyphens; it starts and ends with a letter or a digit. Case
            matters.
          - A cluster does not make sure that names are unique. When several databases have this name, the module fails and
            tells their uids.
        type: str
        required: true
      create_uid:
        description:
          - The uid with which to create the database, at least 1. Can only be set when it is created. By default the cluster
            counts.
          - Once a database was created in this way, every later one has to be.
        type: int
      type:
        description:
          - Kind of the database. Can only be set when it is created. The cluster's default is V(redis).
        type: str
        choices: [redis, memcached]
      redis_version:
        description:
          - Version of Redis with major and minor number, such as V(7.4). Can only be set when the database is created; an upgrade is
            another operation. A database that has been upgraded since is left alone.
          - The cluster has a default. Release 7.4.6 was seen to require this option.
        type: str
      version:
        description:
          - Full version of Redis, such as V(7.4.2). Can only be set when the database is created. O(databases[].redis_version) is enough to
            get the cluster's version of a release. A database that has been upgraded since is left alone.
        type: str
      port:
        description:
          - TCP port, V(0) or between 1024 and 65535. Can only be set when the database is created. With V(0), the default, the
            cluster chooses one.
        type: int
      module_list:
        description:
          - Modules to enable. Can only be set when the database is created.
          - They are compared by name only, and modules that are not listed do not count, because databases of Redis 8 and later
            have all bundled modules by themselves.
        type: list
        elements: dict
        suboptions:
          module_name:
            description: Name of the module, such as V(search), V(ReJSON), V(timeseries) or V(bf).
            type: str
            required: true
          module_args:
            description: Arguments of the module. The API calls this deprecated since version 8.0; see O(databases[].search), O(databases[].timeseries) and
              O(databases[].probabilistic).
            type: str
          module_id:
            description: Id of the module. The API calls this deprecated.
            type: str
          semantic_version:
            description: Version of the module. The API calls this deprecated.
            type: str
      bigstore:
        description:
          - Whether the database is kept in memory and on flash. Can only be set when it is created. The cluster's default is
            V(false).
        type: bool
      crdt:
        description:
          - Whether the database is the local part of an Active-Active database. Can only be set when it is created. The cluster's
            default is V(false).
          - Active-Active databases set this for their parts by themselves.
        type: bool
      replica_read_only:
        description:
          - Whether replication sources make the database read-only. Can only be set when it is created. The cluster's
            default is V(false). Clusters have this since version 7.22.
        type: bool
      shards_blueprint:
        description:
          - Where to put each shard. Can only be set when the database is created, and is not read back. The cluster computes
            a placement by default.
        type: list
        elements: dict
        suboptions:
          nodes:
            description: The nodes of a shard and its replica.
            type: list
            elements: dict
            required: true
            suboptions:
              node_uid:
                description: Uid of the node.
                type: str
                required: true
              role:
                description: What the node holds of the shard.
                type: str
                choices: [master, slave]
                required: true
          slot_range:
            description: Hash slots of the shard, such as V(0-8191).
            type: str
            required: true
      memory_size:
        description:
          - Memory limit in bytes, as a number or with a unit, such as V(100MB) or V(1.5GB), where units are powers of 1024.
            V(0) means no limit; anything else below 1 MB is refused.
          - Required to create a database.
        type: bytes
      shards_count:
        description:
          - Number of shards, not counting replicas, between 1 and 512. The cluster's default is 1. More than one shard needs
            O(databases[].sharding).
        type: int
      sharding:
        description:
          - Whether the keys are spread over shards. The cluster's default is V(false).
        type: bool
      shard_key_regex:
        description:
          - Rules, in order, for the part of a key that decides on its shard. Required to create a database with O(databases[].sharding).
          - The rules of a database can only be changed while it is empty.
        type: list
        elements: dict
        suboptions:
          regex:
            description: A regular expression. The group C(tag) is the part that decides, as in V((?<tag>.*\)).
            type: str
            required: true
      hash_slots_policy:
        description:
          - How keys are mapped to hash slots. It can only be changed while the database is empty. O(databases[].oss_cluster) needs V(16k).
        type: str
        choices: [legacy, 16k]
      implicit_shard_key:
        description:
          - Whether the whole key decides on the shard when no rule of O(databases[].shard_key_regex) matches. The cluster's default is V(false).
        type: bool
      shard_block_crossslot_keys:
        description:
          - Whether scripts may not use keys of different hash slots, even when these are in one shard. The cluster's default is
            V(false).
        type: bool
      shard_block_foreign_keys:
        description:
          - Whether scripts may not use keys of different shards. The cluster's default is V(true).
        type: bool
      shards_placement:
        description:
          - Whether shards are put on as few nodes as possible, or spread over many. The default is a setting of the cluster.
        type: str
        choices: [dense, sparse]
      proxy_policy:
        description:
          - On which nodes the database can be reached. The default is a setting of the cluster.
        type: str
        choices: [single, all-master-shards, all-nodes]
      oss_cluster:
        description:
          - Whether clients can use the cluster API of Redis. The cluster's default is V(false).
        type: bool
      oss_cluster_api_preferred_ip_type:
        description:
          - Which addresses O(databases[].oss_cluster) tells to clients. The cluster's default is V(internal).
        type: str
        choices: [internal, external]
      oss_cluster_api_preferred_endpoint_type:
        description:
          - Whether O(databases[].oss_cluster) tells addresses or host names to clients. The cluster's default is V(ip).
        type: str
        choices: [ip, hostname]
      replication:
        description:
          - Whether each shard has a replica on another node. The cluster's default is V(false). It needs at least two nodes.
        type: bool
      rack_aware:
        description:
          - Whether shards and their replicas are put into different racks. The cluster's default is V(false). It needs a cluster
            that is aware of racks.
        type: bool
      avoid_nodes:
        description:
          - Uids of nodes that are to hold no shard of the database.
          - It cannot be combined with O(databases[].use_nodes).
        type: list
        elements: str
      use_nodes:
        description:
          - Uids of the only nodes that may hold shards of the database.
        type: list
        elements: str
      bigstore_ram_size:
        description:
          - Memory in bytes, as a number or with a unit, of the part of O(databases[].memory_size) that is kept in memory with O(databases[].bigstore).
            The cluster's default is 0.
        type: bytes
      bigstore_version:
        description:
          - Generation of the engine behind O(databases[].bigstore). The cluster's default is 1. Clusters have this since version 7.22.
        type: int
        choices: [1, 2]
      search_on_bigstore:
        description:
          - Whether search can be used together with O(databases[].bigstore). The cluster's default is V(false). Clusters have this since
            version 8.0.
        type: bool
      query_performance_factor:
        description:
          - More computing power for search. Clusters have this since version 8.0.
        type: dict
        suboptions:
          active:
            description: Whether it is used. The cluster's default is V(false).
            type: bool
          scaling_factor:
            description: The factor, between 0 and 16. The cluster's default is 0.
            type: int
      data_persistence:
        description:
          - How the data is kept on disk. The cluster's default is V(disabled). V(snapshot) needs O(databases[].snapshot_policy).
        type: str
        choices: [disabled, snapshot, aof]
      aof_policy:
        description:
          - How often O(databases[].data_persistence=aof) writes to the disk. The cluster's default is V(appendfsync-every-sec).
        type: str
        choices: [appendfsync-every-sec, appendfsync-always]
      snapshot_policy:
        description:
          - When O(databases[].data_persistence=snapshot) writes to the disk. One of the rules is enough.
        type: list
        elements: dict
        suboptions:
          secs:
            description: After so many seconds, at least 1,
            type: int
            required: true
          writes:
            description: if there were so many writes in this time, at least 1.
            type: int
            required: true
      master_persistence:
        description:
          - Whether primary shards of a database with O(databases[].replication) write to the disk, too. The cluster's default is V(false).
        type: bool
      max_aof_file_size:
        description:
          - Largest size of a file of O(databases[].data_persistence=aof) in bytes, as a number or with a unit.
        type: bytes
      max_aof_load_time:
        description:
          - Longest time in seconds that loading a file of O(databases[].data_persistence=aof) may take. The cluster's default is 3600.
        type: int
      backup:
        description:
          - Whether the database is backed up regularly. The cluster's default is V(false). To create a database with backups,
            O(databases[].backup_interval) and O(databases[].backup_location) are required.
        type: bool
      backup_interval:
        description:
          - Time between two backups in seconds, at least 1.
        type: int
      backup_interval_offset:
        description:
          - Offset in seconds from the round multiples of O(databases[].backup_interval) at which backups begin. By default the cluster
            chooses one by chance.
        type: int
      backup_history:
        description:
          - How many days backups are kept. The cluster's default is 0, which means forever.
        type: int
      backup_location:
        description:
          - Where backups go. What is required depends on O(databases[].backup_location.type).
          - Keys and passwords in it that the cluster hides are not compared, see O(update_password).
        type: dict
        suboptions: &location
          type:
            description:
              - Kind of the place.
              - V(url) needs C(url), an FTP or HTTP address. V(sftp) needs C(sftp_url).
              - V(s3) needs C(bucket_name), C(access_key_id) and C(secret_access_key).
              - V(gs) needs C(bucket_name), C(client_id), C(client_email), C(private_key_id) and C(private_key).
              - V(abs) needs C(container), C(account_name), and exactly one of C(account_key) and C(sas_token).
              - V(mount_point) needs C(path).
            type: str
            choices: [url, sftp, s3, gs, abs, mount_point]
            required: true
          url:
            description: Address; it may contain a user name and a password.
            type: str
          sftp_url:
            description: Address of an SFTP server; it may contain a user name and a password.
            type: str
          key:
            description: Private SSH key for SFTP. By default the cluster uses its own.
            type: str
          bucket_name:
            description: Name of the bucket, for S3 and Google.
            type: str
          access_key_id:
            description: Id of the access key, for S3.
            type: str
          secret_access_key:
            description: Secret access key, for S3.
            type: str
          region_name:
            description: Name of the region, for S3.
            type: str
          client_id:
            description: Id of the service account, for Google.
            type: str
          client_email:
            description: E-mail address of the service account, for Google.
            type: str
          private_key_id:
            description: Id of the private key, for Google.
            type: str
          private_key:
            description: Private key, for Google.
            type: str
          container:
            description: Name of the container, for Azure.
            type: str
          account_name:
            description: Name of the storage account, for Azure.
            type: str
          account_key:
            description: Key of the storage account, for Azure.
            type: str
          sas_token:
            description: Shared access signature, for Azure.
            type: str
          subdir:
            description: Directory in the bucket or container, for S3, Google and Azure.
            type: str
          path:
            description: Directory on every node, for V(mount_point).
            type: str
      dataset_import_sources:
        description:
          - From where an import reads when it is started without naming a source. Setting this does not start an import.
          - It is never read back. It is sent when the database is created, and later only with O(update_password=always).
        type: list
        elements: dict
        suboptions:
          <<: *location
          filename:
            description: Name of the file in the bucket or container, for S3, Google and Azure, where it is required.
            type: str
      skip_import_analyze:
        description:
          - Whether an import goes without looking at the file beforehand.
        type: str
        choices: [enabled, disabled]
      recovery_wait_time:
        description:
          - How many seconds an automatic recovery waits for the files with the data, before it goes on without them. V(-1), the
            cluster's default, means without a limit.
        type: int
      eviction_policy:
        description:
          - What is removed when the memory is full. The cluster's default is V(volatile-lru), and V(allkeys-lru) for a
            database of O(databases[].type=memcached).
        type: str
        choices:
          - volatile-lru
          - volatile-ttl
          - volatile-random
          - allkeys-lru
          - allkeys-random
          - noeviction
          - volatile-lfu
          - allkeys-lfu
          - allkeys-lrm
          - volatile-lrm
      activedefrag:
        description:
          - Whether memory is defragmented while the database is in use. The cluster's default is V(false). Clusters have this
            and the other settings of defragmentation since version 7.22.
        type: bool
      active_defrag_cycle_max:
        description:
          - Largest share of processor time for defragmentation, between 1 and 99 percent.
        type: int
      active_defrag_cycle_min:
        description:
          - Smallest share of processor time for defragmentation, between 1 and 99 percent. The cluster's default is 1.
        type: int
      active_defrag_ignore_bytes:
        description:
          - Waste of memory from which on defragmentation begins, in bytes or with one of the units V(kb), V(mb) and V(gb). The cluster's
            default is V(100mb).
        type: str
      active_defrag_max_scan_fields:
        description:
          - How many fields of one value are looked at in one go, at least 1. The cluster's default is 1000.
        type: int
      active_defrag_threshold_lower:
        description:
          - Fragmentation in percent from which on defragmentation begins, between 0 and 1000. The cluster's default is 10.
        type: int
      active_defrag_threshold_upper:
        description:
          - Fragmentation in percent from which on it gets O(databases[].active_defrag_cycle_max), between 0 and 1000. The cluster's default
            is 100.
        type: int
      maxclients:
        description:
          - Largest number of clients of one shard. The cluster's default is 10000. Clusters have this since version 7.22.
        type: int
      max_connections:
        description:
          - Largest number of client connections of the database. The cluster's default is 0, which means any number.
        type: int
      tracking_table_max_keys:
        description:
          - Largest number of keys that are tracked for client-side caching. The default is a setting of the cluster. Clusters
            have this since version 7.8.
        type: int
      use_selective_flush:
        description:
          - Whether the cluster may use selective flush. Its default is V(true). Clusters have this since version 8.0.
        type: bool
      tls_mode:
        description:
          - Whether connections are encrypted; with V(replica_ssl) only those of replication. The cluster's default is V(disabled).
        type: str
        choices: [enabled, disabled, replica_ssl]
      enforce_client_authentication:
        description:
          - Whether clients of an encrypted database have to show a certificate. The cluster's default is V(enabled).
        type: str
        choices: [enabled, disabled]
      authentication_ssl_client_certs:
        description:
          - The certificates with which clients may connect, or the authorities that have signed them.
        type: list
        elements: dict
        suboptions:
          client_cert:
            description: A certificate in PEM format.
            type: str
            required: true
      authentication_ssl_crdt_certs:
        description:
          - The certificates with which other parts of an Active-Active database may connect.
        type: list
        elements: dict
        suboptions:
          client_cert:
            description: A certificate in PEM format.
            type: str
            required: true
      client_cert_subject_validation_type:
        description:
          - What of the subject of a client's certificate is checked. The cluster's default is V(disabled).
        type: str
        choices: [disabled, san_cn, full_subject]
      authorized_subjects:
        description:
          - The subjects that O(databases[].client_cert_subject_validation_type) accepts. Case matters.
        type: list
        elements: dict
        suboptions:
          cn:
            description: Common name.
            type: str
            required: true
          o:
            description: Organization.
            type: str
          ou:
            description: Organizational unit, or a list of several, as the release of the cluster wants it.
            type: raw
          l:
            description: Locality.
            type: str
          st:
            description: State or province.
            type: str
          c:
            description: Country, as two letters.
            type: str
      mtls_allow_weak_hashing:
        description:
          - Whether certificates of clients may be signed with weak hashes. The cluster's default is V(false).
        type: bool
      mtls_allow_outdated_certs:
        description:
          - Whether certificates of clients may have expired. The cluster's default is V(false).
        type: bool
      default_user:
        description:
          - Whether clients can connect as the user C(default), with O(databases[].authentication_redis_pass). The cluster's default is V(true).
        type: bool
      authentication_redis_pass:
        description:
          - Password of the user C(default). Clusters do not return it, so see O(update_password) for how to change it.
          - Without one the database is open to everybody who can reach it, unless O(databases[].default_user=false).
          - V(null) together with O(update_password=always) removes it.
        type: str
      authentication_admin_pass:
        description:
          - Password of the internal user that other databases replicate with. By default the cluster makes one.
        type: str
      authentication_sasl_uname:
        description:
          - Name of the user of a database of O(databases[].type=memcached). It needs O(databases[].authentication_sasl_pass).
        type: str
      authentication_sasl_pass:
        description:
          - Password of O(databases[].authentication_sasl_uname).
        type: str
      disabled_commands:
        description:
          - Commands that are refused, separated by commas. The cluster's default is the empty string.
        type: str
      disconnect_clients_on_password_removal:
        description:
          - Whether clients are disconnected when their password is removed. The cluster's default is V(false). Clusters have
            this since version 8.0.
        type: bool
      roles_permissions:
        description:
          - Which roles of the cluster may use the database with which access control list. Entries that are not listed are
            removed.
        type: list
        elements: dict
        suboptions:
          role_uid:
            description: Uid of the role.
            type: int
            required: true
          redis_acl_uid:
            description: Uid of the access control list.
            type: int
            required: true
      audit_settings:
        description:
          - What is written to the audit log. Clusters have this since version 8.2; for older ones see O(databases[].db_conns_auditing).
        type: dict
        suboptions:
          audit_mode:
            description: What is audited. The cluster's default is V(disabled).
            type: str
            choices: [disabled, connection, connection_and_crud]
          max_total_key_bytes:
            description: Largest number of bytes of keys in one record. The cluster's default is 131072.
            type: int
          username_filter:
            description: For which users.
            type: dict
            suboptions:
              enabled:
                description: Whether this filter is used. The cluster's default is V(false).
                type: bool
              usernames:
                description: Names of users, at most 512.
                type: list
                elements: str
              filter_type:
                description: Whether these users are audited, or all others. The cluster's default is V(inclusive).
                type: str
                choices: [inclusive, exclusive]
              allow_while_username_unknown:
                description: Whether commands are audited before the user is known. The cluster's default is V(false).
                type: bool
          source_ip_filter:
            description: For which clients.
            type: dict
            suboptions:
              enabled:
                description: Whether this filter is used. The cluster's default is V(false).
                type: bool
              ip_addresses:
                description: Addresses of clients.
                type: list
                elements: str
              cidr_ranges:
                description: Networks of clients.
                type: list
                elements: str
              filter_type:
                description: Whether these clients are audited, or all others. The cluster's default is V(inclusive).
                type: str
                choices: [inclusive, exclusive]
      db_conns_auditing:
        description:
          - Whether connections are written to the audit log, for clusters before version 8.2. The cluster's default is V(false).
            The API calls this deprecated in favor of O(databases[].audit_settings.audit_mode=connection).
          - It cannot be combined with O(databases[].audit_settings).
        type: bool
      data_internode_encryption:
        description:
          - Whether traffic between the nodes of the cluster is encrypted. The default is a setting of the cluster.
        type: bool
      replica_sync:
        description:
          - Whether the database replicates from O(databases[].replica_sources). The cluster's default is V(disabled).
          - The cluster only accepts some steps. From V(disabled) to V(enabled), from there to V(paused) and V(stopped), and from
            both of these back to V(enabled).
        type: str
        choices: [enabled, disabled, paused, stopped]
      replica_sources:
        description:
          - The databases to replicate from, known by their address. Sources that are not listed are removed.
          - Keys and passwords in it that the cluster hides are not compared, see O(update_password).
        type: list
        elements: dict
        suboptions:
          uri:
            description: Address, such as V(redis://admin:secret@redis-12000.cluster.example.com:12000).
            type: str
            required: true
          compression:
            description: Level of compression, between 0 and 6.
            type: int
          encryption:
            description: Whether the connection is encrypted.
            type: bool
          client_cert:
            description: Certificate to show to the source, in PEM format.
            type: str
          client_key:
            description: Private key of C(client_cert), in PEM format.
            type: str
          server_cert:
            description: Certificate of the source, in PEM format.
            type: str
          replication_tls_sni:
            description: Server name to ask for when the connection is encrypted.
            type: str
      replica_sync_connection_alarm_timeout_seconds:
        description:
          - After how many seconds without a connection to a source an alert is raised. The cluster's default is 0. Clusters have
            this since version 7.8.
        type: int
      replica_sync_dist:
        description:
          - Whether several nodes share the work of replicating from other databases.
        type: bool
      replication_oom_threshold_percent:
        description:
          - The threshold in percent, between 0 and 20, from which on replication counts as being out of memory. The cluster's
            default is 5. Clusters have this since version 8.0.
        type: int
      gradual_sync_policy:
        description:
          - How many shards are replicated at a time. The cluster's default is V(default). Every value but V(custom) overwrites
            O(databases[].gradual_sync_policy_parameters). Clusters have this since version 8.2.
        type: str
        choices: [default, non-gradual, migration, replica, active-active, custom]
      gradual_sync_policy_parameters:
        description:
          - The limits of O(databases[].gradual_sync_policy=custom). V(-1) means any number.
        type: dict
        suboptions:
          src_endpoint_limit:
            description: For each endpoint of a source. The cluster's default is 1.
            type: int
          dst_endpoint_limit:
            description: For each endpoint of this database. The cluster's default is V(-1).
            type: int
          dst_shard_limit:
            description: For each shard of this database. The cluster's default is V(-1).
            type: int
          src_node_limit:
            description: For each node of a source. The cluster's default is V(-1).
            type: int
      gradual_src_mode:
        description:
          - Whether few sources are replicated at a time, for clusters before version 8.2. The API calls this and the other
            options that begin with C(gradual_src_) deprecated in favor of O(databases[].gradual_sync_policy).
        type: str
        choices: [enabled, disabled]
      gradual_src_max_sources:
        description:
          - How many sources are replicated at a time with O(databases[].gradual_src_mode=enabled), at least 1. The cluster's default is 1.
        type: int
      gradual_sync_mode:
        description:
          - Whether few shards of a source are replicated at a time, for clusters before version 8.2. The API calls this
            deprecated in favor of O(databases[].gradual_sync_policy).
        type: str
        choices: [enabled, disabled, auto]
      gradual_sync_max_shards_per_source:
        description:
          - How many shards of a source are replicated at a time with O(databases[].gradual_sync_mode), at least 1. The cluster's default is 1.
        type: int
      repl_backlog_size:
        description:
          - Size of the buffer of replication, V(auto), or in bytes, where the units V(kb), V(mb) and V(gb) are understood.
        type: str
      slave_buffer:
        description:
          - Limits of the buffer for replicas. V(auto), a number of megabytes, or C(hard:soft:time).
        type: str
      support_syncer_reconf:
        description:
          - Whether replication from other databases handles changes of its configuration by itself.
        type: bool
      generate_text_monitor:
        description:
          - Whether replication from other databases writes a monitor in text form.
        type: bool
      sync_dedicated_threads:
        description:
          - How many threads of its own replication from other databases gets, between 0 and 10. The cluster's default is 5.
        type: int
      syncer_log_level:
        description:
          - How much replication from other databases writes to its log. The cluster's default is V(info).
        type: str
        choices: [crit, error, warn, info, trace, debug]
      crdt_sync:
        description:
          - Whether the local part of an Active-Active database synchronizes with the others. The cluster's default is V(disabled).
          - This option, and the others that begin with C(crdt_), are for the local parts of Active-Active databases. What is
            set here wins over what is set later for all parts.
        type: str
        choices: [enabled, disabled, paused, stopped]
      crdt_repl_backlog_size:
        description:
          - Size of the buffer of Active-Active synchronization, V(auto), or in bytes, where the units V(kb), V(mb) and V(gb)
            are understood.
        type: str
      crdt_causal_consistency:
        description:
          - Whether the order of operations is kept between the parts of an Active-Active database. The cluster's default is
            V(false).
        type: bool
      crdt_sync_connection_alarm_timeout_seconds:
        description:
          - After how many seconds without a connection to another part an alert is raised. The cluster's default is 0. Clusters have
            this since version 7.8.
        type: int
      crdt_sync_dist:
        description:
          - Whether several nodes share the work of Active-Active synchronization.
        type: bool
      crdt_syncer_auto_oom_unlatch:
        description:
          - Whether synchronization that has stopped for lack of memory goes on by itself. The cluster's default is V(true).
        type: bool
      crdt_xadd_id_uniqueness_mode:
        description:
          - How the ids of stream entries are kept unique between the parts. The cluster's default is V(strict).
        type: str
        choices: [liberal, strict, semi-strict]
      slave_ha:
        description:
          - Whether a replica that is lost is made anew on another node. The default is a setting of the cluster.
        type: bool
      slave_ha_priority:
        description:
          - In which order databases are served by O(databases[].slave_ha).
        type: int
      auto_upgrade:
        description:
          - Whether the database is upgraded together with the cluster. The cluster's default is V(false).
        type: bool
      email_alerts:
        description:
          - Whether alerts about the database are sent by e-mail. The cluster's default is V(false).
        type: bool
      metrics_export_all:
        description:
          - Whether the metrics of all shards are exported.
        type: bool
      resp3:
        description:
          - Whether clients may use version 3 of the protocol. The cluster's default is V(true).
        type: bool
      mkms:
        description:
          - Whether commands may use keys of several hash slots. The cluster's default is V(true).
        type: bool
      tags:
        description:
          - Tags of the database, at most 30, with unique keys. Tags that are not listed are removed, except those of the cluster itself.
        type: list
        elements: dict
        suboptions:
          key:
            description: Key, at most 64 letters, digits and underscores, not starting with a digit. Case matters.
            type: str
            required: true
          value:
            description: "Value, at most 128 letters, digits, spaces and characters of C(. _ + - @ : /)."
            type: str
            required: true
      search:
        description:
          - Settings of search. Clusters have this since version 8.0.
        type: dict
        suboptions:
          search_timeout:
            description: Longest time of a query in milliseconds, at least 1. The cluster's default is 500.
            type: int
          search_on_timeout:
            description: Whether a query that takes too long returns what it has found, or fails. The cluster's default is V(RETURN).
            type: str
            choices: [RETURN, FAIL]
          search_on_oom:
            description: What becomes of a query when memory is short. The cluster's default is V(return).
            type: str
            choices: [return, fail, ignore]
          search_default_dialect:
            description: Dialect of queries that name none, between 1 and 4. The cluster's default is 1.
            type: int
          search_default_scorer:
            description: How results are scored when a query does not say it. The cluster's default is V(BM25STD).
            type: str
            choices: [TFIDF, BM25, TFIDF.DOCNORM, BM25STD, BM25STD.TANH, BM25STD.NORM, DISMAX, DOCSCORE, HAMMING]
          search_bm25std_tanh_factor:
            description: Stretch factor of the scorer V(BM25STD.TANH), between 1 and 10000. The cluster's default is 4.
            type: int
          search_max_search_results:
            description: Largest number of results of a search. The cluster's default is 1000000.
            type: int
          search_max_aggregate_results:
            description: Largest number of results of an aggregation. The cluster's default is 2147483648.
            type: int
          search_min_prefix:
            description: Fewest characters of a prefix that is searched for, at least 1. The cluster's default is 2.
            type: int
          search_max_prefix_expansions:
            description: Largest number of terms that a prefix stands for, at least 1. The cluster's default is 200.
            type: int
          search_min_stem_len:
            description: Fewest characters of a word that is reduced to its stem, between 2 and 4294967295. The cluster's default is 4.
            type: int
          search_min_phonetic_term_len:
            description: Fewest characters of a word that is compared by its sound, at least 1. The cluster's default is 3.
            type: int
          search_multi_text_slop:
            description:
              - Distance that is counted between the texts of one array, between 1 and 4294967295. The cluster's default is
                100.
            type: int
          search_union_iterator_heap:
            description: Number of parts from which on a union uses a heap, at least 1. The cluster's default is 20.
            type: int
          search_prioritize_intersect_union_children:
            description:
              - Whether intersections look at the parts of a union with their number in mind. The cluster's default is
                V(false).
            type: bool
          search_cursor_max_idle:
            description: Time in milliseconds after which an unused cursor ends, at least 1. The cluster's default is 300000.
            type: int
          search_index_cursor_limit:
            description: Largest number of open cursors of an index in one shard. The cluster's default is 128.
            type: int
          search_cursor_reply_threshold:
            description: How many replies are collected before the shards are asked for more, at least 1. The cluster's default is 1.
            type: int
          search_workers:
            description:
              - Threads for queries and for work in the background; with V(0) the main thread does it, between 0 and 8192.
                The cluster's default is 0.
            type: int
          search_min_operation_workers:
            description:
              - Threads for work in the background while the shard is loaded or moved, between 0 and 8192. The cluster's
                default is 4.
            type: int
          search_workers_priority_bias_threshold:
            description: How many urgent tasks are under way before others are taken up. The cluster's default is 1.
            type: int
          search_threads:
            description: Threads that distribute queries over the shards.
            type: int
          search_io_threads:
            description: Threads that exchange data with the shards, between 1 and 256. The cluster's default is 1.
            type: int
          search_conn_per_shard:
            description: Connections to each shard; V(0) goes by O(databases[].search.search_workers). The cluster's default is 0.
            type: int
          search_topology_validation_timeout:
            description: How many milliseconds to wait for a valid view of the shards. The cluster's default is 30000.
            type: int
          search_max_doctablesize:
            description: Largest size of the table of documents, at least 1. The cluster's default is 1000000.
            type: int
          search_partial_indexed_docs:
            description:
              - Whether changes that touch no indexed part of a document are left out, V(0) or V(1). The cluster's default
                is 0.
            type: int
          search_raw_docid_encoding:
            description: Whether ids of documents are stored without compression. The cluster's default is V(false).
            type: bool
          search_numeric_compress:
            description: Whether numbers are stored with less precision. The cluster's default is V(false).
            type: bool
          search_numeric_ranges_parents:
            description: For how many levels above the leaves ranges of numbers are kept, between 0 and 2. The cluster's default is 0.
            type: int
          search_no_mem_pools:
            description: Whether memory is allocated without pools. The cluster's default is V(false).
            type: bool
          search_vss_max_resize:
            description:
              - Largest growth of a vector index at a time, in bytes; V(0) leaves it to the index, between 0 and 4294967295.
                The cluster's default is 0.
            type: int
          search_tiered_hnsw_buffer_limit:
            description: How many vectors wait in a flat buffer to be indexed. The cluster's default is 1024.
            type: int
          search_no_gc:
            description: Whether garbage in indexes is never collected. The cluster's default is V(false).
            type: bool
          search_gc_scan_size:
            description: How much is looked at in one go when garbage is collected, at least 1. The cluster's default is 100.
            type: int
          search_fork_gc_run_interval:
            description: Seconds between two collections of garbage, at least 1. The cluster's default is 30.
            type: int
          search_fork_gc_retry_interval:
            description: Seconds until a failed collection of garbage is tried again, at least 1. The cluster's default is 5.
            type: int
          search_fork_gc_clean_threshold:
            description: Number of removed documents from which on garbage is collected, at least 1. The cluster's default is 100.
            type: int
          search_fork_gc_sleep_before_exit:
            description: Seconds that a collection of garbage sleeps at its end, for tests. The cluster's default is 0.
            type: int
          search_free_resource_on_thread:
            description: Whether the memory of dropped indexes is freed by another thread. The cluster's default is V(true).
            type: bool
          search_indexer_yield_every_ops:
            description:
              - After how many steps indexing lets others work while data is loaded, between 1 and 4294967295. The cluster's
                default is 1000.
            type: int
          search_bg_index_sleep_gap:
            description:
              - After how many steps indexing in the background sleeps, between 1 and 4294967295. The cluster's default is
                100.
            type: int
          search_bg_index_sleep_duration_us:
            description: For how many microseconds indexing in the background sleeps, between 0 and 999999. The cluster's default is 1.
            type: int
          search_bg_index_mem_pct_thr:
            description:
              - Use of memory in percent at which indexing in the background stops, between 0 and 100. The cluster's default
                is 100.
            type: int
          search_bg_index_oom_pause_time:
            description:
              - Seconds that indexing in the background pauses when memory is short, before it stops, between 0 and
                4294967295. The cluster's default is 5.
            type: int
          search_ext_load:
            description: Path of an extension to load.
            type: str
          search_friso_ini:
            description: Path of the configuration for Chinese texts.
            type: str
          search_print_profile_clock:
            description: Whether profiles contain times. The cluster's default is V(true).
            type: bool
          search_enable_unstable_features:
            description: Whether features can be used that are not finished. The cluster's default is V(false).
            type: bool
      timeseries:
        description:
          - Settings of time series. Clusters have this since version 8.0.
        type: dict
        suboptions:
          ts_num_threads:
            description: Number of threads, between 1 and 16.
            type: int
          ts_compaction_policy:
            description: Rules for the compaction of new series.
            type: str
          ts_retention_policy:
            description: Age in milliseconds of the oldest sample of new series. The cluster's default is 0, which means any age.
            type: int
          ts_duplicate_policy:
            description: What happens to samples with the same time. The cluster's default is V(BLOCK).
            type: str
            choices: [BLOCK, FIRST, LAST, MIN, MAX, SUM]
          ts_encoding:
            description: Whether new series are compressed. The cluster's default is V(COMPRESSED).
            type: str
            choices: [COMPRESSED, UNCOMPRESSED]
          ts_chunk_size_bytes:
            description: Size of a chunk in bytes, between 48 and 1048576. The cluster's default is 4096.
            type: int
          ts_ignore_max_time_diff:
            description: Difference in time, in milliseconds, up to which a repeated sample is ignored. The cluster's default is 0.
            type: int
          ts_ignore_max_val_diff:
            description: Difference in value up to which a repeated sample is ignored. The cluster's default is 0.
            type: float
      probabilistic:
        description:
          - Settings of probabilistic data types, for Bloom filters (C(bf_)) and Cuckoo filters (C(cf_)). Clusters have this
            since version 8.0.
        type: dict
        suboptions:
          bf_error_rate:
            description: Rate of false positives, between 0 and 1. The cluster's default is 0.01.
            type: float
          bf_initial_size:
            description: Initial capacity, between 1 and 1048576. The cluster's default is 100.
            type: int
          bf_expansion_factor:
            description: Growth factor, between 0 and 32768. The cluster's default is 2.
            type: int
          cf_initial_size:
            description: Initial capacity, between 1 and 1048576. The cluster's default is 1024.
            type: int
          cf_bucket_size:
            description: Items in a bucket, between 1 and 255. The cluster's default is 2.
            type: int
          cf_max_iterations:
            description: Attempts to make room for an item, between 1 and 65535. The cluster's default is 20.
            type: int
          cf_expansion_factor:
            description: Growth factor, between 0 and 32768. The cluster's default is 1.
            type: int
          cf_max_expansions:
            description: How often a filter may grow, between 1 and 65536. The cluster's default is 32.
            type: int
      extra:
        description:
          - Further fields of the API, with their own names. They are compared one by one, and V(null) resets those that have a
            documented default.
          - For the tuning of proxies these are C(conns), C(conns_global_maximum_dedicated), C(conns_minimum_dedicated),
            C(conns_type), C(link_sconn_on_full_request), C(max_client_pipeline), C(max_pipelined), C(multi_commands_opt),
            C(partial_request_timeout_seconds), C(preemptive_drain_timeout_seconds), C(replica_sconns_on_demand) and
            C(sched_policy).
          - C(bigstore_ram_weights) is for the tuning of O(databases[].bigstore).
          - For future or internal use, and better left alone, are C(account_id), C(auto_shards_balancing),
            C(auto_shards_balancing_grace_period), C(internal), C(oss_sharding), C(shard_imbalance_threshold) and
            C(shard_imbalance_threshold_percentage).
          - Active-Active databases own the fields that begin with C(crdt_) and are no options.
          - Fields that this collection does not know are passed on as they are. Fields that have an option, and fields that
            the cluster only reports, are refused.
        type: dict
      # end of the fields of redis_enterprise_database
seealso:
  - module: community.redis.redis_enterprise_database
  - module: community.redis.redis_enterprise_database_info
author:
  - community.redis contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: The databases of a shop
  community.redis.redis_enterprise_databases:
    databases:
      - name: sessions
        memory_size: 1073741824
        data_persistence: aof
      - name: cart
        memory_size: 1073741824
        replication: true
      - name: old-cache
        state: absent

- name: Exactly these, and no others
  community.redis.redis_enterprise_databases:
    databases:
      - name: sessions
        memory_size: 1073741824
      - name: cart
        memory_size: 1073741824
    purge: true
"""

RETURN = r"""
results:
  description:
    - One entry for each database that was named or purged, also when the module failed or ran out of time.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the database.
      returned: always
      type: str
      sample: sessions
    state:
      description: What was asked for, V(present) or V(absent).
      returned: always
      type: str
      sample: present
    changed:
      description: Whether this run has changed it.
      returned: always
      type: bool
    adopted:
      description: Whether this run has joined work on it that was already under way.
      returned: always
      type: bool
    failed:
      description: Whether it could not be brought to the desired state.
      returned: always
      type: bool
    error:
      description: Why not. Null when it did not fail.
      returned: always
      type: str
    diff:
      description: What has changed.
      returned: always
      type: dict
    action:
      description: The last action about it, see RV(community.redis.redis_enterprise_database#module:action).
      returned: always
      type: dict
    database:
      description: The database, see RV(community.redis.redis_enterprise_database#module:database).
      returned: always
      type: dict
api_requests:
  description: How many requests this run has made.
  returned: always
  type: int
  sample: 44
"""

from ansible_collections.community.redis.plugins.module_utils._enterprise.run_fleet import (
    databases,
    databases_module,
)


def main() -> None:
    databases_module().run(databases)


if __name__ == "__main__":
    main()
