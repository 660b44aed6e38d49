;; Asks the host for a function that it does not have.
;;! {"module":{"name":"import_unknown","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run"}}
(module
  (import "interstice" "teleport" (func))
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0)))
