namespace Platform.UserFunctions;

/// <summary>What of an installed .NET SDK compiles functions: the compiler itself, since a build with projects and packages takes many times as long.</summary>
/// <param name="Major">Of the framework: 10.</param>
/// <param name="References">The folder of the assemblies that code is compiled against.</param>
/// <param name="Generators">The source generators that come with the framework.</param>
internal sealed record DotnetSdk(int Major, string Compiler, string References, IReadOnlyList<string> Generators)
{
    private static readonly string[] UsualGenerators = ["System.Text.Json.SourceGeneration.dll", "System.Text.RegularExpressions.Generator.dll"];

    /// <summary>Null where something is missing: the compiler, the reference assemblies or the runtime of this version.</summary>
    /// <param name="program">The program <c>dotnet</c>, beside which all is installed.</param>
    /// <param name="version">Of the SDK: 10.0.401.</param>
    public static DotnetSdk? Find(string program, string version)
    {
        var root = Path.GetDirectoryName(program)!;
        var framework = string.Join('.', version.Split('.').Take(2));
        var compiler = $"{root}/sdk/{version}/Roslyn/bincore/csc.dll";
        if (!File.Exists(compiler) || Newest($"{root}/shared/Microsoft.NETCore.App", framework) is null || Newest($"{root}/packs/Microsoft.NETCore.App.Ref", framework) is not { } pack)
            return null;
        var references = $"{pack}/ref/net{framework}";
        var generators = UsualGenerators.Select(name => $"{pack}/analyzers/dotnet/cs/{name}").Where(File.Exists);
        return Directory.Exists(references) ? new DotnetSdk(int.Parse(framework.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture), compiler, references, [.. generators]) : null;
    }

    private static string? Newest(string folder, string framework) => !Directory.Exists(folder) ? null : Directory.GetDirectories(folder, framework + ".*")
        .Where(path => Version.TryParse(Path.GetFileName(path), out _)).MaxBy(path => Version.Parse(Path.GetFileName(path)));
}
