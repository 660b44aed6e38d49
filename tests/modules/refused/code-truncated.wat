;; The file ends in the middle.
;;! {"module":{"name":"code_truncated","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run"}}
;;cut 60
(module
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0)))
