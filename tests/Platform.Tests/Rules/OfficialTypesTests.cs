using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Platform.Tests.Fixtures;
using Platform.Tests.Hosting;

namespace Platform.Tests.Rules;

/// <summary>The compiled app refers to no type of the embedded host that the official packages lack, whatever a compiler put there.</summary>
public sealed class OfficialTypesTests
{
    private static readonly Assembly Host = typeof(FunctionAttribute).Assembly;

    public static TheoryData<string> Assemblies => ["Platform.Functions", "Platform.Orchestrations", "Platform.Shared"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Assembly_RefersToOfficialTypesOnly(string name)
    {
        var official = OfficialSurface.Read();
        var used = TypesOfTheHost(Assembly.Load(name).Location).ToList();

        Assert.NotEmpty(used);
        Violations.None(used
            .Where(type => name != "Platform.Functions" || type.Namespace != "EmbeddedFunctions.Hosting") // its adapters; that only they name these is a rule on the sources
            .Where(type => !type.IsVisible || !official.HasType(OfficialSurface.Translate(Signature.Of(type))))
            .Select(type => type.FullName!));
    }

    private static IEnumerable<Type> TypesOfTheHost(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = file.GetMetadataReader();
        foreach (var reference in reader.TypeReferences.Select(reader.GetTypeReference))
        {
            if (reference.ResolutionScope.Kind == HandleKind.AssemblyReference
                && reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)reference.ResolutionScope).Name) == Host.GetName().Name)
                yield return Host.GetType($"{reader.GetString(reference.Namespace)}.{reader.GetString(reference.Name)}", throwOnError: true)!;
        }
    }
}
