;; Asks for the abort of a toolchain.
;;! {"module":{"name":"import_env","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run"}}
(module
  (import "env" "abort" (func (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0)))
