;; Asks for three things that it may not have; the message lists them all.
;;! {"module":{"name":"import_several","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run"}}
(module
  (import "env" "abort" (func))
  (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
  (import "interstice" "teleport" (func))
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0)))
