;; Two structs that contain each other.
;;! {"module":{"name":"types_contain_each_other","version":"1.0.0","abi":1}}
;;! {"type":{"name":"Egg","struct":[{"name":"hen","type":"Hen"}]}}
;;! {"type":{"name":"Hen","struct":[{"name":"egg","type":"Egg"}]}}
;;! {"reducer":{"name":"run"}}
(module
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0)))
