using System.Text;
using Platform.Sandbox;
using static Platform.Tests.Sandbox.SandboxFixture;

namespace Platform.Tests.Sandbox;

[Collection(SandboxTests.Name)]
public sealed class SandboxRunTests(SandboxFixture fixture)
{
    [Fact]
    public async Task RunAsync_Hello_ReturnsOutputAndUsage()
    {
        var result = await fixture.RunAsync(Python("import sys\nprint('hello')\nprint('oops', file=sys.stderr)"));

        Assert.Equal((SandboxReason.Exited, 0, "hello\n", "oops\n"), (result.Reason, result.ExitCode, result.Stdout, result.Stderr));
        Assert.InRange(result.Usage!.PeakMemoryKb, 5_000, 100_000);
        Assert.InRange(result.Usage.WallSeconds, 0.005, 10);
        Assert.Equal(100, result.Usage.ClkTckHertz);
        Assert.False(result.OutputTruncated);
    }

    [Fact]
    public async Task RunAsync_UncaughtException_IsExitOneWithTraceback()
    {
        var result = await fixture.RunAsync(Python("raise ValueError('broken')"));

        Assert.Equal((SandboxReason.Exited, 1), (result.Reason, result.ExitCode));
        Assert.Contains("ValueError: broken", result.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 3", SandboxReason.Exited, 3)]
    [InlineData("exit 255", SandboxReason.Exited, 255)]
    [InlineData("kill -TERM $$", SandboxReason.Signaled, 143)]
    [InlineData("kill -KILL $$", SandboxReason.Signaled, 137)]
    [InlineData("kill -SEGV $$", SandboxReason.Signaled, 139)]
    public async Task RunAsync_AnyEnd_ReportsCodeAndReason(string script, SandboxReason reason, int code)
    {
        var result = await fixture.RunAsync(Bash(script));

        Assert.Equal((reason, code), (result.Reason, result.ExitCode));
    }

    [Fact]
    public async Task RunAsync_InputArgumentsEnvironmentAndFiles_ReachTheProgram()
    {
        const string script = """
            import os, sys
            print(sys.stdin.read(), sys.argv[1:], os.environ['GREETING'], open('/scripts/data/in.csv').read())
            """;
        var run = Python(script);
        var result = await fixture.RunAsync(run with
        {
            Stdin = Encoding.UTF8.GetBytes("typed ü"),
            Arguments = ["-x", "a b", "$HOME;ls", ""],
            Environment = new Dictionary<string, string> { ["GREETING"] = "hi 'there'\n" },
            Files = new Dictionary<string, ReadOnlyMemory<byte>>(run.Files) { ["data/in.csv"] = Encoding.UTF8.GetBytes("1;2") },
        });

        Assert.Equal("typed ü ['-x', 'a b', '$HOME;ls', ''] hi 'there'\n 1;2\n", result.Stdout);
    }

    [Fact]
    public async Task RunAsync_NoInput_ReadsNothingAndSeesOnlyItsOwnEnvironment()
    {
        var run = Bash("cat; env | sort; pwd; id -u; id -g; hostname");
        var result = await fixture.RunAsync(run);

        var id = run.Name["executor-".Length..];
        var expected = $"EXECUTION_ID={id}\nHOME=/tmp\nLANG=C.UTF-8\nOUTPUT_PATH=/output\nPATH=/usr/local/bin:/usr/bin:/bin\nPWD=/tmp\nSHLVL=0\n_=/usr/bin/env\n/tmp\n1000\n1000\n{run.Name}\n";
        Assert.Equal(expected, result.Stdout.Replace("SHLVL=1", "SHLVL=0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_UnknownProgram_IsStartFailedWithReason()
    {
        var result = await fixture.RunAsync(Bash("") with { Command = ["/usr/bin/no-such-program"] });

        Assert.Equal((SandboxReason.StartFailed, -1), (result.Reason, result.ExitCode));
        Assert.Contains("no-such-program", result.Detail, StringComparison.Ordinal);
        Assert.Null(result.Usage);
    }

    [Theory]
    [InlineData("../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("")]
    public async Task RunAsync_FileNameThatLeavesItsFolder_Throws(string name)
    {
        var run = Bash("") with { Files = new Dictionary<string, ReadOnlyMemory<byte>> { [name] = default } };

        await Assert.ThrowsAsync<ArgumentException>(() => fixture.RunAsync(run));
    }

    [Theory]
    [InlineData("LD_PRELOAD")]
    [InlineData("A=B")]
    [InlineData("")]
    public async Task RunAsync_VariableNameThatIsNotAllowed_Throws(string name)
    {
        var run = Bash("") with { Environment = new Dictionary<string, string> { [name] = "x" } };

        await Assert.ThrowsAsync<ArgumentException>(() => fixture.RunAsync(run));
    }

    [Fact]
    public async Task RunAsync_BinaryOutput_BecomesValidText()
    {
        var result = await fixture.RunAsync(Python("import sys\nsys.stdout.buffer.write(b'a\\xff\\x00b\\xc3\\xa9')"));

        Assert.Equal("a\uFFFDbé", result.Stdout);
    }

    [Fact]
    public async Task RunAsync_CollectOutput_BringsBackPlainFilesOnly()
    {
        const string script = """
            import os
            os.makedirs('/output/deep/er')
            open('/output/b.txt', 'w').write('bee')
            open('/output/deep/er/a.bin', 'wb').write(bytes(range(256)))
            os.symlink('/etc/passwd', '/output/link')
            os.symlink('/', '/output/root')
            os.mkfifo('/output/pipe')
            open('/output/huge', 'wb').truncate(1 << 40)
            """;
        var result = await fixture.RunAsync(Python(script.Replace("1 << 40", "11 << 20", StringComparison.Ordinal)) with { CollectOutput = true });

        Assert.Equal((SandboxReason.Exited, ""), (result.Reason, result.Stderr));
        Assert.Equal(["b.txt", "deep/er/a.bin"], result.Files.Select(file => file.Name));
        Assert.Equal(Enumerable.Range(0, 256).Select(i => (byte)i), result.Files[1].Content.ToArray());
    }

    [Fact]
    public async Task RunAsync_CollectOutputOfShortestProgram_LosesNothing()
    {
        for (var i = 0; i < 20; i++)
        {
            var result = await fixture.RunAsync(Bash("echo x > /output/x") with { CollectOutput = true });
            Assert.Equal("x\n", Encoding.UTF8.GetString(Assert.Single(result.Files).Content.Span));
        }
    }

    [Fact]
    public async Task RunAsync_WritableMount_IsTheHostsFolder()
    {
        var folder = Directory.CreateTempSubdirectory("sandbox-mount-").FullName;
        try
        {
            Directory.CreateDirectory($"{folder}/sub");
            File.CreateSymbolicLink($"{folder}/etc", "/etc");
            var run = Bash("echo made > sub/new; pwd") with { Mounts = [new SandboxMount(folder, "/work", Writable: true)], WorkingDirectory = "/work" };
            var result = await fixture.RunAsync(run);

            Assert.Equal(("/work\n", ""), (result.Stdout, result.Stderr));
            Assert.Equal("made\n", await File.ReadAllTextAsync($"{folder}/sub/new"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task RunAsync_FiftyAtOnce_KeepApart()
    {
        var runs = Enumerable.Range(0, 50).Select(i => fixture.RunAsync(Python($"import time\nprint({i})\ntime.sleep(0.2)\nopen('/tmp/mine', 'x')")));
        var results = await Task.WhenAll(runs);

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}\n"), results.Select(result => result.Stdout));
        Assert.All(results, result => Assert.Equal((SandboxReason.Exited, 0), (result.Reason, result.ExitCode)));
    }
}
