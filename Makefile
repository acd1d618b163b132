# The shop's two commands are `make up` and `make test`; bare `make` lists all verbs.
export S ID SIZE NAME VALUE SECRET SUITE ROUNDS PRODUCTS PEERS STORES FILES KEEP PART

souk := .souk/bin/node tools/souk.ts

.PHONY: help bootstrap up down status logs restart reset trace seed platform migrate flag rotate test check perf perf-layers perf-flames perf-peers perf-mails perf-scale mesh-check ha-test mesh-up mesh-down mesh-test elasticity test-all

help: ## lists these verbs
	@sed -n 's/^\([a-z-]*\):.*## /make \1|/p' Makefile | while IFS='|' read -r verb text; do printf '%-14s %s\n' "$$verb" "$$text"; done

bootstrap:
	@sh tools/platform/bootstrap.sh

up: bootstrap ## installs what is missing and opens the shop
	@$(souk) up

down: bootstrap ## ends every process of the shop
	@$(souk) down

status: bootstrap ## shows every process: ports, health, memory
	@$(souk) status

logs: bootstrap ## follows one process and its sidecar: make logs S=orders
	@$(souk) logs

restart: bootstrap ## restarts one process with today's sources: make restart S=orders
	@$(souk) restart

reset: bootstrap ## ends the shop and deletes its data
	@$(souk) reset

trace: bootstrap ## prints an order's spans: make trace ID=<order or trace id>
	@$(souk) trace

seed: bootstrap ## fills the catalogue: make seed, make seed SIZE=10k
	@$(souk) seed

platform: bootstrap ## starts all but the apps, for `dapr run -f .`
	@$(souk) platform

migrate: bootstrap ## brings the tables up to date
	@$(souk) migrate

flag: bootstrap ## shows or turns a flag: make flag NAME=checkout-open VALUE=false
	@$(souk) flag

rotate: bootstrap ## gives a secret a new value, without closing: make rotate SECRET=cart-token-key
	@$(souk) rotate

test: up ## opens the shop and runs every test
	@.souk/bin/node node_modules/vitest/vitest.mjs run

check: bootstrap ## checks types and style
	@npm run --silent types && npm run --silent lint

perf: bootstrap ## measures the running shop with 10k products: make perf, make perf SUITE=checkout
	@.souk/bin/node perf/run.ts

perf-layers: bootstrap ## measures what each layer costs, by switching it off
	@.souk/bin/node perf/layers.ts

perf-flames: bootstrap ## draws flame graphs of the services while guests check out
	@.souk/bin/node perf/flames.ts

perf-peers: bootstrap ## puts Vendure and Medusa outside the tree and measures all in turns: make perf-peers PEERS=medusa
	@.souk/bin/node perf/run-peers.ts

perf-mails: bootstrap ## measures how long after an order its mail is with the mail server
	@.souk/bin/node perf/mails.ts

perf-scale: bootstrap ## measures ten times the products and a million orders, and deletes the shop's data: make perf-scale KEEP=no
	@.souk/bin/node perf/scale.ts

mesh-check: bootstrap ## tries every manifest of the mesh and the cluster on a real API server
	@$(souk) mesh-check

ha-test: bootstrap ## kills a database node and the Redis primary under load, and sells on Kafka, in a shop of its own
	@$(souk) ha-test

mesh-up: bootstrap ## opens the shop in a real Istio mesh, a network namespace a pod (root)
	@SOUK_STACK=mesh $(souk) mesh-up

mesh-down: bootstrap ## ends the shop in the mesh
	@SOUK_STACK=mesh $(souk) mesh-down

mesh-test: mesh-up ## opens the shop in the mesh and tests it there
	@SOUK_STACK=mesh $(souk) mesh-test

elasticity: mesh-up ## measures one, two and four pods of catalog and of orders in the mesh
	@SOUK_STACK=mesh $(souk) elasticity

test-all: test mesh-test ha-test ## every test there is: of the shop, of the mesh, of stores that die (root, about half an hour)
