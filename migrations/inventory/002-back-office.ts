/** What staff change in stock: their audit log, and the keys of their requests. */
export {
  createBackOfficeTables as up,
  dropBackOfficeTables as down,
} from '@souk/back-office/audit-table';
