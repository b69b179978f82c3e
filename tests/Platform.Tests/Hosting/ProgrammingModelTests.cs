using System.Reflection;
using System.Runtime.CompilerServices;
using EmbeddedFunctions.Worker;

namespace Platform.Tests.Hosting;

/// <summary>Holds the programming model against the official one: whatever function code can touch here must exist there, under the official name and with the same signature.</summary>
public sealed class ProgrammingModelTests
{
    private static readonly Assembly Host = typeof(FunctionAttribute).Assembly;
    private static readonly OfficialSurface Official = OfficialSurface.Read();
    private static readonly string[] OwnNamespaces = ["EmbeddedFunctions.Hosting", "EmbeddedFunctions.TestKit"]; // host services, and what tests use

    public static TheoryData<string> Types => [.. MirroredTypes().Select(t => t.FullName!)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Type_Public_HasOnlyOfficialMembers(string name)
    {
        var type = Host.GetType(name, throwOnError: true)!;
        var surface = Surface(type).ToList();

        Assert.True(Official.HasType(OfficialSurface.Translate(Signature.Of(type))), $"There is no official type for {name}.");
        Assert.Equal([], surface.Where(member => !Official.HasMember(member)).ToList());
    }

    [Fact]
    public void Types_OutsideTheModel_AreHostServicesOnly()
    {
        var others = Host.GetExportedTypes().Except(MirroredTypes()).Where(t => !OwnNamespaces.Contains(t.Namespace)).Select(t => t.FullName);
        Assert.Empty(others);
    }

    private static IEnumerable<Type> MirroredTypes() => Host.GetExportedTypes().Where(t => t.Namespace is { } space && !OwnNamespaces.Contains(space));

    private static IEnumerable<string> Surface(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
            yield break;

        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var member in type.GetMembers(all).Where(m => IsVisible(m, type) && !m.IsDefined(typeof(CompilerGeneratedAttribute))))
        {
            if (Signature.Of(member, type) is { } signature && !IsOverride(member))
                yield return $"{OfficialSurface.Translate(Signature.Of(type))} :: {OfficialSurface.Translate(signature)}";
        }
    }

    // The base type's own test holds it.
    private static bool IsOverride(MemberInfo member) => member is MethodInfo method && method.GetBaseDefinition() != method && method.GetBaseDefinition().DeclaringType!.Assembly == Host;

    private static bool IsVisible(MemberInfo member, Type type) => member switch
    {
        MethodBase method => method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !type.IsSealed),
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(a => IsVisible(a, type)),
        FieldInfo field => (field.IsPublic || field.IsFamily) && !field.IsSpecialName,
        Type nested => nested.IsNestedPublic,
        _ => false,
    };
}
