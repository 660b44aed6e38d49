;; A next build of the counter that is not the same: 13 becomes 14, what is below zero is rejected, 99 traps, 50 also answers otherwise.
;;! {"module":{"name":"counter","version":"2.0.0","abi":1}}
;;! {"table":{"name":"counters","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"value","type":"i64"}]}}
;;! {"reducer":{"name":"add","parameters":[{"name":"value","type":"i64"}],"result":"u64"}}
;;! {"query":{"name":"size","result":"i64"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "count" (func $count (param i32) (result i64)))
  (import "interstice" "fail" (func $fail (param i32 i32)))
  (import "interstice" "returns" (func $returns (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "counters")
  (data (i32.const 16) "below zero")
  (global $counters (mut i32) (i32.const 0))
  (func (export "interstice_init") (global.set $counters (call $table (i32.const 0) (i32.const 8))))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:add") (param $args i32) (param $length i32) (result i32)
    (local $value i64)
    (local.set $value (i64.load (local.get $args)))
    (if (i64.eq (local.get $value) (i64.const 99)) (then (unreachable)))
    (if (i64.lt_s (local.get $value) (i64.const 0))
      (then (call $fail (i32.const 16) (i32.const 10)) (return (i32.const 1))))
    (if (i64.eq (local.get $value) (i64.const 13)) (then (local.set $value (i64.const 14))))
    (i64.store (i32.const 64) (i64.const 0))
    (i64.store (i32.const 72) (local.get $value))
    (drop (call $insert (global.get $counters) (i32.const 64) (i32.const 16) (i32.const 64) (i32.const 16)))
    (if (i64.eq (local.get $value) (i64.const 50)) (then (i64.store (i32.const 64) (i64.const 0))))
    (call $returns (i32.const 64) (i32.const 8))
    (i32.const 0))
  (func (export "query:size") (param i32 i32) (result i32)
    (i64.store (i32.const 64) (call $count (global.get $counters)))
    (call $returns (i32.const 64) (i32.const 8))
    (i32.const 0)))
