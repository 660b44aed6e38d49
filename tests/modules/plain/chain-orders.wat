;; The source of a chain of subscriptions: a table whose rows come, change and go, and a custom event.
;;! {"module":{"name":"orders","version":"1.0.0","abi":1}}
;;! {"table":{"name":"orders","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"amount","type":"i64"}]}}
;;! {"table":{"name":"notes","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"amount","type":"i64"}]}}
;;! {"table":{"name":"secrets","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"amount","type":"i64"}],"visibility":"private"}}
;;! {"event":{"name":"shouted","type":"i64"}}
;;! {"reducer":{"name":"place","parameters":[{"name":"amount","type":"i64"}]}}
;;! {"reducer":{"name":"place_three","parameters":[{"name":"amount","type":"i64"}]}}
;;! {"reducer":{"name":"note","parameters":[{"name":"amount","type":"i64"}]}}
;;! {"reducer":{"name":"change","parameters":[{"name":"id","type":"u64"},{"name":"amount","type":"i64"}]}}
;;! {"reducer":{"name":"cancel","parameters":[{"name":"id","type":"u64"}]}}
;;! {"reducer":{"name":"shout","parameters":[{"name":"amount","type":"i64"}]}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "update" (func $update (param i32 i32 i32) (result i32)))
  (import "interstice" "delete" (func $delete (param i32 i32 i32) (result i32)))
  (import "interstice" "emit" (func $emit (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "orders")
  (data (i32.const 16) "shouted")
  (data (i32.const 32) "notes")
  (global $orders (mut i32) (i32.const 0))
  (global $notes (mut i32) (i32.const 0))
  (func (export "interstice_init")
    (global.set $orders (call $table (i32.const 0) (i32.const 6)))
    (global.set $notes (call $table (i32.const 32) (i32.const 5))))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func $add (param $table i32) (param $amount i64)
    (i64.store (i32.const 64) (i64.const 0))
    (i64.store (i32.const 72) (local.get $amount))
    (drop (call $insert (local.get $table) (i32.const 64) (i32.const 16) (i32.const 64) (i32.const 16))))
  (func (export "reducer:place") (param $args i32) (param i32) (result i32)
    (call $add (global.get $orders) (i64.load (local.get $args)))
    (i32.const 0))
  (func (export "reducer:place_three") (param $args i32) (param i32) (result i32)
    (call $add (global.get $orders) (i64.load (local.get $args)))
    (call $add (global.get $orders) (i64.add (i64.load (local.get $args)) (i64.const 1)))
    (call $add (global.get $orders) (i64.add (i64.load (local.get $args)) (i64.const 2)))
    (i32.const 0))
  (func (export "reducer:note") (param $args i32) (param i32) (result i32)
    (call $add (global.get $notes) (i64.load (local.get $args)))
    (i32.const 0))
  (func (export "reducer:change") (param $args i32) (param i32) (result i32)
    (drop (call $update (global.get $orders) (local.get $args) (i32.const 16)))
    (i32.const 0))
  (func (export "reducer:cancel") (param $args i32) (param i32) (result i32)
    (i32.store8 (i32.const 64) (i32.const 1))
    (i64.store (i32.const 65) (i64.load (local.get $args)))
    (drop (call $delete (global.get $orders) (i32.const 64) (i32.const 9)))
    (i32.const 0))
  (func (export "reducer:shout") (param $args i32) (param i32) (result i32)
    (call $emit (i32.const 16) (i32.const 7) (local.get $args) (i32.const 8))
    (i32.const 0)))
