;; Notes when the host calls it by itself: 1 init, 2 upgrade, 3 connected, 4 disconnected.
;;! {"module":{"name":"lifecycle","version":"1.0.0","abi":1}}
;;! {"table":{"name":"calls","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"what","type":"u8"},{"name":"caller","type":"identity"}]}}
;;! {"table":{"name":"locks","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true}]}}
;;! {"reducer":{"name":"begin","lifecycle":"init"}}
;;! {"reducer":{"name":"renew","lifecycle":"upgrade"}}
;;! {"reducer":{"name":"come","lifecycle":"connected"}}
;;! {"reducer":{"name":"go","lifecycle":"disconnected","visibility":"private"}}
;;! {"reducer":{"name":"lock"}}
;;! {"reducer":{"name":"note","parameters":[{"name":"what","type":"u8"}]}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "count" (func $count (param i32) (result i64)))
  (import "interstice" "fail" (func $fail (param i32 i32)))
  (import "interstice" "caller" (func $caller (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "calls")
  (data (i32.const 16) "locks")
  (data (i32.const 32) "locked")
  (global $calls (mut i32) (i32.const 0))
  (global $locks (mut i32) (i32.const 0))
  (func (export "interstice_init")
    (global.set $calls (call $table (i32.const 0) (i32.const 5)))
    (global.set $locks (call $table (i32.const 16) (i32.const 5))))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func $note (param $what i32)
    (i64.store (i32.const 64) (i64.const 0))
    (i32.store8 (i32.const 72) (local.get $what))
    (call $caller (i32.const 73))
    (drop (call $insert (global.get $calls) (i32.const 64) (i32.const 41) (i32.const 64) (i32.const 41))))
  ;; Fails where there are so many locks.
  (func $note_unless (param $what i32) (param $locks i64) (result i32)
    (call $note (local.get $what))
    (if (i64.ge_u (call $count (global.get $locks)) (local.get $locks))
      (then (call $fail (i32.const 32) (i32.const 6)) (return (i32.const 1))))
    (i32.const 0))
  (func (export "reducer:begin") (param i32 i32) (result i32) (call $note (i32.const 1)) (i32.const 0))
  (func (export "reducer:renew") (param i32 i32) (result i32) (call $note_unless (i32.const 2) (i64.const 1)))
  (func (export "reducer:come") (param i32 i32) (result i32) (call $note_unless (i32.const 3) (i64.const 1)))
  (func (export "reducer:go") (param i32 i32) (result i32) (call $note_unless (i32.const 4) (i64.const 2)))
  (func (export "reducer:lock") (param i32 i32) (result i32)
    (i64.store (i32.const 64) (i64.const 0))
    (drop (call $insert (global.get $locks) (i32.const 64) (i32.const 8) (i32.const 64) (i32.const 8)))
    (i32.const 0))
  (func (export "reducer:note") (param $args i32) (param i32) (result i32)
    (call $note (i32.load8_u (local.get $args)))
    (i32.const 0)))
