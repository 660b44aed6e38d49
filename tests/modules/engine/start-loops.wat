;; A start function without an end.
(module
  (memory (export "memory") 1)
  (func $begin (loop $again (br $again)))
  (start $begin)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 64)))
