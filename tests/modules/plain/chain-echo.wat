;; A module that hears itself: every sound makes a louder one, three deliveries deep.
;;! {"module":{"name":"echo","version":"1.0.0","abi":1}}
;;! {"table":{"name":"sounds","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"volume","type":"i64"}]}}
;;! {"reducer":{"name":"sound","parameters":[{"name":"volume","type":"i64"}]}}
;;! {"reducer":{"name":"on_sound","parameters":[{"name":"id","type":"u64"},{"name":"volume","type":"i64"}]}}
;;! {"subscription":{"source":"echo.sounds","operation":"insert","handler":"on_sound","depth":3}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "sounds")
  (global $sounds (mut i32) (i32.const 0))
  (func (export "interstice_init") (global.set $sounds (call $table (i32.const 0) (i32.const 6))))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func $add (param $volume i64) (result i32)
    (i64.store (i32.const 64) (i64.const 0))
    (i64.store (i32.const 72) (local.get $volume))
    (drop (call $insert (global.get $sounds) (i32.const 64) (i32.const 16) (i32.const 64) (i32.const 16)))
    (i32.const 0))
  (func (export "reducer:sound") (param $args i32) (param i32) (result i32)
    (call $add (i64.load (local.get $args))))
  (func (export "reducer:on_sound") (param $args i32) (param i32) (result i32)
    (call $add (i64.add (i64.load offset=8 (local.get $args)) (i64.const 1)))))
