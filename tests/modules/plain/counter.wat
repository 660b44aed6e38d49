;; The smallest useful module: one table, one reducer, one query.
;;! {"module":{"name":"counter","version":"1.0.0","abi":1}}
;;! {"table":{"name":"counters","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"value","type":"i64"}]}}
;;! {"reducer":{"name":"add","parameters":[{"name":"value","type":"i64"}],"result":"u64"}}
;;! {"query":{"name":"size","result":"i64"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "count" (func $count (param i32) (result i64)))
  (import "interstice" "returns" (func $returns (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "counters")
  (global $counters (mut i32) (i32.const 0))
  (func (export "interstice_init") (global.set $counters (call $table (i32.const 0) (i32.const 8))))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:add") (param $args i32) (param $length i32) (result i32)
    (i64.store (i32.const 64) (i64.const 0))
    (i64.store (i32.const 72) (i64.load (local.get $args)))
    (drop (call $insert (global.get $counters) (i32.const 64) (i32.const 16) (i32.const 64) (i32.const 16)))
    (call $returns (i32.const 64) (i32.const 8))
    (i32.const 0))
  (func (export "query:size") (param i32 i32) (result i32)
    (i64.store (i32.const 64) (call $count (global.get $counters)))
    (call $returns (i32.const 64) (i32.const 8))
    (i32.const 0)))
