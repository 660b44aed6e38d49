;; A start function that counts in memory and in a global; no initialisation.
;;! {"module":{"name":"start","version":"1.0.0","abi":1}}
(module
  (memory (export "memory") 1)
  (global $count (mut i32) (i32.const 0))
  (data (i32.const 8) "\05")
  (func $begin
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1))))
  (start $begin)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 64))
  (func (export "count") (param i32 i32) (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
    (i32.add (i32.mul (global.get $count) (i32.const 100)) (i32.load (i32.const 8)))))
