using System.Reflection;
using System.Runtime.CompilerServices;

namespace Platform.Tests.Rules;

/// <summary>The methods that a method's compiled code calls, with those of its state machine and lambdas.</summary>
internal static class CodeCalls
{
    private const byte Call = 0x28;
    private const byte CallVirtual = 0x6F;

    public static IEnumerable<MethodBase> Of(MethodBase method)
    {
        if (method.GetCustomAttribute<StateMachineAttribute>() is { } machine)
            return In(machine.StateMachineType.GetMethod("MoveNext", BindingFlags.Instance | BindingFlags.NonPublic)!);
        return In(method);
    }

    /// <summary>All that the code of the type calls, nested types included.</summary>
    public static IEnumerable<MethodBase> Of(Type type) => type
        .GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .SelectMany(member => member switch
        {
            MethodBase method => In(method),
            Type nested => Of(nested),
            _ => [],
        });

    private static IEnumerable<MethodBase> In(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
            yield break;
        var ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var at = 0; at + 4 < code.Length; at++)
        {
            if (code[at] is Call or CallVirtual && Resolve(method.Module, BitConverter.ToInt32(code, at + 1), ofType, ofMethod) is { } called)
                yield return called;
        }
    }

    // Not every such byte is an instruction: operands look like it too, and hardly ever name a method.
    private static MethodBase? Resolve(Module module, int token, Type[]? ofType, Type[]? ofMethod)
    {
        try
        {
            return (token >> 24) is 0x06 or 0x0A or 0x2B ? module.ResolveMethod(token, ofType, ofMethod) : null;
        }
        catch (Exception e) when (e is ArgumentException or BadImageFormatException or MissingMethodException or TypeLoadException or FileNotFoundException)
        {
            return null;
        }
    }
}
