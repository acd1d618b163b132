/** What the nodes of Galera say about themselves, each asked directly or through the proxy. */
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { adminAccount } from '../platform/mariadb-admin.ts';
import { firstPorts } from './addresses.ts';

const connectLimitMs = 2_000;

export interface NodeStatus {
  /** Joining, Donor/Desynced, Joined or Synced. */
  state: string;
  ready: boolean;
  /** How many nodes it sees, itself among them. */
  size: number;
  /** Number of the last transaction that the cluster committed. */
  lastCommitted: number;
}

/** Asks one node; rejects when it does not answer. */
export async function nodeStatus(node: number): Promise<NodeStatus> {
  const rows = await ask(firstPorts.sql + node, "SHOW GLOBAL STATUS LIKE 'wsrep\\_%'");
  const values = new Map(rows.map((row) => [row.Variable_name as string, row.Value as string]));
  return {
    state: values.get('wsrep_local_state_comment') ?? 'without Galera',
    ready: values.get('wsrep_ready') === 'ON',
    size: Number(values.get('wsrep_cluster_size')),
    lastCommitted: Number(values.get('wsrep_last_committed')),
  };
}

/** The number of the node to which the proxy leads now. */
export async function writerNode(): Promise<number> {
  const [row] = await ask(adminAccount().port, 'SELECT @@wsrep_node_name AS name');
  return Number(/\d+$/.exec(row?.name)?.[0]);
}

async function ask(port: number, question: string): Promise<RowDataPacket[]> {
  const connection = await createConnection({ ...adminAccount(), port, connectTimeout: connectLimitMs });
  try {
    const [rows] = await connection.query<RowDataPacket[]>({ sql: question, timeout: connectLimitMs });
    return rows;
  } finally {
    connection.destroy();
  }
}
