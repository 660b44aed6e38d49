;; Tells module hall of clients that come and go: each visit is a row here, 3 or 4 with the caller, and a call of hall.stubborn there. Where that
;; says no, so does this one.
;;! {"module":{"name":"door","version":"1.0.0","abi":1}}
;;! {"table":{"name":"visits","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"what","type":"u8"},{"name":"caller","type":"identity"}]}}
;;! {"reducer":{"name":"come","lifecycle":"connected","calls":["hall.stubborn"]}}
;;! {"reducer":{"name":"go","lifecycle":"disconnected","visibility":"private","calls":["hall.stubborn"]}}
;;! {"reducer":{"name":"knock"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "fail" (func $fail (param i32 i32)))
  (import "interstice" "caller" (func $caller (param i32)))
  (import "interstice" "call" (func $call (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "result" (func $result (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "visits")
  (data (i32.const 16) "hall")
  (data (i32.const 32) "stubborn")
  (global $visits (mut i32) (i32.const 0))
  (func (export "interstice_init") (global.set $visits (call $table (i32.const 0) (i32.const 6))))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func $note (param $what i32)
    (i64.store (i32.const 64) (i64.const 0))
    (i32.store8 (i32.const 72) (local.get $what))
    (call $caller (i32.const 73))
    (drop (call $insert (global.get $visits) (i32.const 64) (i32.const 41) (i32.const 64) (i32.const 41))))
  (func $tell (param $what i32) (result i32)
    (call $note (local.get $what))
    (if (i32.lt_s (call $call (i32.const 16) (i32.const 4) (i32.const 32) (i32.const 8) (i32.const 0) (i32.const 0)) (i32.const 0))
      (then
        (call $fail (i32.const 128) (call $result (i32.const 128) (i32.const 512)))
        (return (i32.const 1))))
    (i32.const 0))
  (func (export "reducer:come") (param i32 i32) (result i32) (call $tell (i32.const 3)))
  (func (export "reducer:go") (param i32 i32) (result i32) (call $tell (i32.const 4)))
  (func (export "reducer:knock") (param i32 i32) (result i32) (call $note (i32.const 5)) (i32.const 0)))
