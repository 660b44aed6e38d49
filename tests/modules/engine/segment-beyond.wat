;; An active data segment past the end of memory.
(module
  (memory (export "memory") 1)
  (data (i32.const 65534) "abc")
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 64)))
