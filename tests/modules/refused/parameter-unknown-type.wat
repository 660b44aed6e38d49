;; A parameter of an unknown type.
;;! {"module":{"name":"parameter_unknown_type","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run","parameters":[{"name":"x","type":"Money"}]}}
(module
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0)))
