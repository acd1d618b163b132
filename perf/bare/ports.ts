/** Where the bare servers and the peers listen while they are measured; beside the shop's own table. */
export const barePorts = Object.freeze({ express: 14910, plain: 14911 });
export const peerPorts = Object.freeze({ vendure: 14920, medusa: 14930, medusaDatabase: 14931 });
