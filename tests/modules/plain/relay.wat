;; Does what a script says, also in other modules: published as a, b, c and d, each of which may call the others.
;; Steps of a script: 1 KEY VALUE puts a row; 2 MODULE SCRIPT calls and goes on if it says no; 3 MODULE SCRIPT calls and says no with
;; the same text if it says no; 4 says no; 5 traps; 6 KEY deletes; 7 KEY puts random(); 8 KEY puts the first byte of the calling
;; module's name, 0 for none; 9 runs for ever; 10 KEY puts the return value of the last call; 11 KEY puts now(); 12 calls without
;; having declared it; 13 MODULE SCRIPT calls the private reducer; 14 MODULE calls with arguments that are none; 15 calls itself for ever;
;; 16 PAYLOAD emits; 17 calls what is not there; 18 KEY puts the first byte of caller(); 19 gives the text of a no and goes on.
;; KEY, VALUE, MODULE and PAYLOAD are a byte each, SCRIPT is a u32 length and the steps.
;;! {"module":{"name":"relay","version":"1.0.0","abi":1}}
;;! {"table":{"name":"cells","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"value","type":"i64"}]}}
;;! {"reducer":{"name":"run","parameters":[{"name":"script","type":"bytes"}],"result":"i64","calls":["a.run","b.run","c.run","d.run","a.hidden","b.hidden","c.hidden","d.hidden","nobody.run","a.missing"]}}
;;! {"reducer":{"name":"hidden","parameters":[{"name":"script","type":"bytes"}],"result":"i64","visibility":"private"}}
;;! {"reducer":{"name":"quiet","parameters":[{"name":"script","type":"bytes"}],"result":"i64"}}
;;! {"event":{"name":"told","type":"u8"}}
;;! {"query":{"name":"value","parameters":[{"name":"id","type":"u64"}],"result":"i64"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "update" (func $update (param i32 i32 i32) (result i32)))
  (import "interstice" "delete" (func $delete (param i32 i32 i32) (result i32)))
  (import "interstice" "get" (func $get (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "count" (func $count (param i32) (result i64)))
  (import "interstice" "emit" (func $emit (param i32 i32 i32 i32)))
  (import "interstice" "returns" (func $returns (param i32 i32)))
  (import "interstice" "fail" (func $fail (param i32 i32)))
  (import "interstice" "now" (func $now (result i64)))
  (import "interstice" "random" (func $random (result i64)))
  (import "interstice" "caller" (func $caller (param i32)))
  (import "interstice" "caller_module" (func $caller_module (param i32 i32) (result i32)))
  (import "interstice" "call" (func $call (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "result" (func $result (param i32 i32) (result i32)))
  (memory (export "memory") 16)
  (data (i32.const 0) "cells")
  (data (i32.const 8) "run")
  (data (i32.const 16) "hidden")
  (data (i32.const 24) "told")
  (data (i32.const 32) "abcd")
  (data (i32.const 40) "no")
  (data (i32.const 48) "nobody")
  (data (i32.const 56) "missing")
  (global $cells (mut i32) (i32.const 0))
  (global $next (mut i32) (i32.const 65536))
  (func (export "interstice_init") (global.set $cells (call $table (i32.const 0) (i32.const 5))))
  (func (export "interstice_alloc") (param $size i32) (result i32)
    (global.get $next)
    (global.set $next (i32.add (global.get $next) (local.get $size))))

  (func $put (param $key i64) (param $value i64)
    (i64.store (i32.const 128) (local.get $key))
    (i64.store (i32.const 136) (local.get $value))
    (if (i32.lt_s (call $update (global.get $cells) (i32.const 128) (i32.const 16)) (i32.const 0))
      (then (drop (call $insert (global.get $cells) (i32.const 128) (i32.const 16) (i32.const 128) (i32.const 16))))))

  (func $key (param $at i32) (result i64) (i64.load8_u (local.get $at)))

  ;; Calls the module whose letter stands at $at with the script behind it.
  (func $go (param $at i32) (param $reducer i32) (param $length i32) (result i32)
    (call $call
      (i32.add (i32.const 32) (i32.load8_u (local.get $at))) (i32.const 1)
      (local.get $reducer) (local.get $length)
      (i32.add (local.get $at) (i32.const 1))
      (i32.add (i32.load (i32.add (local.get $at) (i32.const 1))) (i32.const 4))))

  (func $behind (param $at i32) (result i32)
    (i32.add (i32.add (local.get $at) (i32.const 5)) (i32.load (i32.add (local.get $at) (i32.const 1)))))

  (func $deeper (param $n i32) (result i32) (i32.add (call $deeper (i32.add (local.get $n) (i32.const 1))) (i32.const 1)))

  (func $run (param $args i32) (param $length i32) (result i32)
    (local $at i32) (local $end i32) (local $step i32) (local $n i32)
    (local.set $at (i32.add (local.get $args) (i32.const 4)))
    (local.set $end (i32.add (local.get $args) (local.get $length)))
    (block $done
      (loop $steps
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $step (i32.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (if (i32.eq (local.get $step) (i32.const 1)) (then
          (call $put (call $key (local.get $at)) (i64.load8_u (i32.add (local.get $at) (i32.const 1))))
          (local.set $at (i32.add (local.get $at) (i32.const 2)))
          (br $steps)))
        (if (i32.eq (local.get $step) (i32.const 2)) (then
          (drop (call $go (local.get $at) (i32.const 8) (i32.const 3)))
          (local.set $at (call $behind (local.get $at)))
          (br $steps)))
        (if (i32.eq (local.get $step) (i32.const 3)) (then
          (if (i32.lt_s (call $go (local.get $at) (i32.const 8) (i32.const 3)) (i32.const 0)) (then
            (local.set $n (call $result (i32.const 1024) (i32.const 4096)))
            (call $fail (i32.const 1024) (local.get $n))
            (return (i32.const 1))))
          (local.set $at (call $behind (local.get $at)))
          (br $steps)))
        (if (i32.eq (local.get $step) (i32.const 4)) (then
          (call $fail (i32.const 40) (i32.const 2))
          (return (i32.const 1))))
        (if (i32.eq (local.get $step) (i32.const 5)) (then unreachable))
        (if (i32.eq (local.get $step) (i32.const 6)) (then
          (i32.store8 (i32.const 160) (i32.const 1))
          (i64.store (i32.const 161) (call $key (local.get $at)))
          (drop (call $delete (global.get $cells) (i32.const 160) (i32.const 9)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $steps)))
        (if (i32.eq (local.get $step) (i32.const 7)) (then
          (call $put (call $key (local.get $at)) (call $random))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $steps)))
        (if (i32.eq (local.get $step) (i32.const 8)) (then
          (i64.store (i32.const 192) (i64.const 0))
          (drop (call $caller_module (i32.const 192) (i32.const 64)))
          (call $put (call $key (local.get $at)) (i64.load8_u (i32.const 192)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $steps)))
        (if (i32.eq (local.get $step) (i32.const 9)) (then (loop $ever (br $ever))))
        (if (i32.eq (local.get $step) (i32.const 10)) (then
          (drop (call $result (i32.const 1024) (i32.const 4096)))
          (call $put (call $key (local.get $at)) (i64.load (i32.const 1024)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $steps)))
        (if (i32.eq (local.get $step) (i32.const 11)) (then
          (call $put (call $key (local.get $at)) (call $now))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $steps)))
        (if (i32.eq (local.get $step) (i32.const 12)) (then
          (drop (call $call (i32.const 33) (i32.const 1) (i32.const 56) (i32.const 7) (i32.const 0) (i32.const 0)))))
        (if (i32.eq (local.get $step) (i32.const 13)) (then
          (drop (call $go (local.get $at) (i32.const 16) (i32.const 6)))))
        (if (i32.eq (local.get $step) (i32.const 14)) (then
          (drop (call $call
            (i32.add (i32.const 32) (i32.load8_u (local.get $at))) (i32.const 1) (i32.const 8) (i32.const 3) (i32.const 0) (i32.const 3)))))
        (if (i32.eq (local.get $step) (i32.const 15)) (then (drop (call $deeper (i32.const 0)))))
        (if (i32.eq (local.get $step) (i32.const 16)) (then
          (call $emit (i32.const 24) (i32.const 4) (local.get $at) (i32.const 1))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $steps)))
        (if (i32.eq (local.get $step) (i32.const 17)) (then
          (drop (call $call (i32.const 48) (i32.const 6) (i32.const 8) (i32.const 3) (i32.const 0) (i32.const 0)))))
        (if (i32.eq (local.get $step) (i32.const 18)) (then
          (call $caller (i32.const 192))
          (call $put (call $key (local.get $at)) (i64.load8_u (i32.const 192)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $steps)))
        (if (i32.eq (local.get $step) (i32.const 19)) (then
          (call $fail (i32.const 40) (i32.const 2))
          (br $steps)))
        unreachable))
    (i64.store (i32.const 208) (call $count (global.get $cells)))
    (call $returns (i32.const 208) (i32.const 8))
    (i32.const 0))

  (func (export "reducer:run") (param i32 i32) (result i32) (call $run (local.get 0) (local.get 1)))
  (func (export "reducer:hidden") (param i32 i32) (result i32) (call $run (local.get 0) (local.get 1)))
  (func (export "reducer:quiet") (param i32 i32) (result i32) (call $run (local.get 0) (local.get 1)))

  (func (export "query:value") (param $args i32) (param i32) (result i32)
    (i32.store8 (i32.const 160) (i32.const 1))
    (i64.store (i32.const 161) (i64.load (local.get $args)))
    (i64.store (i32.const 136) (i64.const -1))
    (drop (call $get (global.get $cells) (i32.const 160) (i32.const 9) (i32.const 128) (i32.const 16)))
    (call $returns (i32.const 136) (i32.const 8))
    (i32.const 0)))
