using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Interstice.Repository.Tests.Determinism;

/// <summary>A place in compiled code where a type or member is used.</summary>
/// <param name="User">The using method, as <c>Namespace.Type::Method</c>; for code that the compiler made, its outermost type.</param>
/// <param name="Type">Full name of the used type.</param>
/// <param name="Member">Name of the used member; empty for the type itself.</param>
/// <param name="Parameters">Full names of the parameter types of a used method.</param>
internal sealed record MemberUse(string User, string Type, string Member, string[] Parameters)
{
    /// <summary>The used member as messages and rules write it: <c>System.DateTime::get_Now</c>.</summary>
    internal string Used => Member.Length == 0 ? Type : $"{Type}::{Member}";

    /// <summary>Every use in an assembly: instructions, fields, locals, parameters and results.</summary>
    internal static IEnumerable<MemberUse> Scan(AssemblyDefinition assembly) => assembly.MainModule.GetTypes().SelectMany(Scan);

    private static IEnumerable<MemberUse> Scan(TypeDefinition type)
    {
        TypeDefinition outer = type;
        while (outer.DeclaringType is not null) outer = outer.DeclaringType;
        foreach (FieldDefinition field in type.Fields)
            foreach (MemberUse use in Types(field.FieldType, $"{outer.FullName}::{field.Name}")) yield return use;
        foreach (MethodDefinition method in type.Methods)
            foreach (MemberUse use in Scan(method, $"{outer.FullName}::{method.Name}")) yield return use;
    }

    private static IEnumerable<MemberUse> Scan(MethodDefinition method, string user)
    {
        IEnumerable<TypeReference> types = method.Parameters.Select(parameter => parameter.ParameterType).Append(method.ReturnType);
        if (method.HasBody) types = types.Concat(method.Body.Variables.Select(variable => variable.VariableType));
        foreach (MemberUse use in types.SelectMany(type => Types(type, user))) yield return use;
        if (!method.HasBody) yield break;
        foreach (Instruction instruction in method.Body.Instructions)
        {
            switch (instruction.Operand)
            {
                case MethodReference called:
                    string[] parameters = [.. called.Parameters.Select(parameter => parameter.ParameterType.FullName)];
                    yield return new MemberUse(user, called.DeclaringType.GetElementType().FullName, called.Name, parameters);
                    break;
                case FieldReference field:
                    yield return new MemberUse(user, field.DeclaringType.GetElementType().FullName, field.Name, []);
                    break;
                case TypeReference named:
                    foreach (MemberUse use in Types(named, user)) yield return use;
                    break;
            }
        }
    }

    private static IEnumerable<MemberUse> Types(TypeReference type, string user)
    {
        yield return new MemberUse(user, type.GetElementType().FullName, "", []);
        if (type is not GenericInstanceType generic) yield break;
        foreach (MemberUse use in generic.GenericArguments.SelectMany(argument => Types(argument, user))) yield return use;
    }
}
