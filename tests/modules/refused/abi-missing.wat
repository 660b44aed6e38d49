;; Does not say for which ABI it was built.
;;! {"module":{"name":"abi_missing","version":"1.0.0"}}
;;! {"reducer":{"name":"run"}}
(module
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0)))
