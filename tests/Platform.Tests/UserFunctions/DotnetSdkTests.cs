using Platform.UserFunctions;

namespace Platform.Tests.UserFunctions;

/// <summary>What has to be installed for functions in C#.</summary>
public sealed class DotnetSdkTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sdk-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(null)]
    [InlineData("sdk/")]
    [InlineData("shared/Microsoft.NETCore.App/10.")]
    [InlineData("packs/Microsoft.NETCore.App.Ref/")]
    public void Find_WithoutAPart_IsNothing(string? missing)
    {
        foreach (var file in (string[])["sdk/10.0.401/Roslyn/bincore/csc.dll", "shared/Microsoft.NETCore.App/10.0.12/System.dll", "shared/Microsoft.NETCore.App/9.0.1/System.dll",
                     "packs/Microsoft.NETCore.App.Ref/10.0.12/ref/net10.0/System.dll", "packs/Microsoft.NETCore.App.Ref/10.0.9/ref/net10.0/System.dll"])
        {
            if (missing is not null && file.StartsWith(missing, StringComparison.Ordinal))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName($"{_root}/{file}")!);
            File.WriteAllText($"{_root}/{file}", "");
        }

        var sdk = DotnetSdk.Find($"{_root}/dotnet", "10.0.401");

        Assert.Equal(missing is null, sdk is not null);
        if (sdk is not null)
            Assert.Equal((10, $"{_root}/packs/Microsoft.NETCore.App.Ref/10.0.12/ref/net10.0"), (sdk.Major, sdk.References));
    }
}
