;; Every way in which a call can end by its own doing.
;;! {"module":{"name":"endings","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"succeed"}}
;;! {"reducer":{"name":"succeed_after_fail"}}
;;! {"reducer":{"name":"reject"}}
;;! {"reducer":{"name":"reject_without_text"}}
;;! {"reducer":{"name":"reject_twice"}}
;;! {"reducer":{"name":"reject_from_below"}}
;;! {"reducer":{"name":"trap_after_fail"}}
;;! {"reducer":{"name":"trap"}}
;;! {"reducer":{"name":"return_two"}}
;;! {"reducer":{"name":"return_minus_one"}}
(module
  (import "interstice" "fail" (func $fail (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "first second")
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:succeed") (param i32 i32) (result i32) (i32.const 0))
  (func (export "reducer:succeed_after_fail") (param i32 i32) (result i32)
    (call $fail (i32.const 0) (i32.const 5))
    (i32.const 0))
  (func (export "reducer:reject") (param i32 i32) (result i32)
    (call $fail (i32.const 0) (i32.const 5))
    (i32.const 1))
  (func (export "reducer:reject_without_text") (param i32 i32) (result i32) (i32.const 1))
  (func (export "reducer:reject_twice") (param i32 i32) (result i32)
    (call $fail (i32.const 0) (i32.const 5))
    (call $fail (i32.const 6) (i32.const 6))
    (i32.const 1))
  (func $below (param $depth i32)
    (if (i32.eqz (local.get $depth))
      (then (call $fail (i32.const 0) (i32.const 5)) (unreachable)))
    (call $below (i32.sub (local.get $depth) (i32.const 1))))
  (func (export "reducer:reject_from_below") (param i32 i32) (result i32)
    (call $below (i32.const 10))
    (i32.const 0))
  (func (export "reducer:trap_after_fail") (param i32 i32) (result i32)
    (call $fail (i32.const 0) (i32.const 5))
    (i32.div_u (i32.const 1) (i32.load (i32.const 4096))))
  (func (export "reducer:trap") (param i32 i32) (result i32) (unreachable))
  (func (export "reducer:return_two") (param i32 i32) (result i32) (i32.const 2))
  (func (export "reducer:return_minus_one") (param i32 i32) (result i32) (i32.const -1)))
