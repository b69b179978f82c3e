using System.Reflection;
using System.Runtime.CompilerServices;

namespace Platform.Tests.Hosting;

/// <summary>
/// Writes types and members as the list of the official surface does, less what a caller cannot see: reference nullability, virtual or not, and the values of defaults.
/// </summary>
internal static class Signature
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
        [typeof(byte)] = "byte",
    };

    public static string Of(Type type)
    {
        if (Keywords.TryGetValue(type, out var keyword))
            return keyword;
        if (type.IsGenericParameter)
            return type.Name;
        if (type.IsArray)
            return Of(type.GetElementType()!) + "[]";
        if (type.IsByRef)
            return Of(type.GetElementType()!);
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Of(value) + "?";

        var name = (type.DeclaringType is null ? $"{type.Namespace}." : $"{Of(type.DeclaringType)}.") + type.Name;
        return type.IsGenericType ? $"{name[..name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>" : name;
    }

    /// <summary>Null for what has no line of its own: accessors, and what every object has.</summary>
    public static string? Of(MemberInfo member, Type type) => member switch
    {
        ConstructorInfo { IsStatic: true } => null,
        ConstructorInfo constructor => $".ctor({Parameters(constructor)})",
        MethodInfo method when IsOfObject(method) => null,
        MethodInfo { Name: "op_Implicit" } method => $"static implicit operator {Of(method.ReturnType)}({Parameters(method)})",
        MethodInfo method when method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal) => null,
        MethodInfo method => $"{Prefix(method)}{Of(method.ReturnType)} {method.Name}{Generic(method)}({Parameters(method)})",
        PropertyInfo property => Property(property, type),
        FieldInfo field when type.IsEnum => $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue())}",
        FieldInfo field => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Of(field.FieldType)} {field.Name}",
        _ => null,
    };

    private static bool IsOfObject(MethodInfo method) => method.GetBaseDefinition().DeclaringType == typeof(object) || method.Name is "GetHashCode" or "Equals";

    private static string Property(PropertyInfo property, Type type)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(a => a.IsPublic || (a.IsFamily && !type.IsSealed)).ToList();
        var isInit = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        var names = accessors.Select(a => a == property.GetMethod ? "get" : isInit ? "init" : "set").Order(StringComparer.Ordinal);
        return $"{Prefix(accessors[0])}{Of(property.PropertyType)} {property.Name} {{ {string.Join("; ", names)} }}";
    }

    private static string Prefix(MethodBase method) => (method.IsFamily || method.IsFamilyOrAssembly ? "protected " : "") + (method.IsStatic ? "static " : "");

    private static string Generic(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Of))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select((p, i) =>
        $"{(i == 0 && method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "")}{(p.IsOut ? "out " : "")}{Of(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? " =" : "")}"));
}
