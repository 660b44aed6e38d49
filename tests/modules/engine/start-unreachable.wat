;; A start function that traps.
(module
  (memory (export "memory") 1)
  (func $begin (unreachable))
  (start $begin)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 64)))
