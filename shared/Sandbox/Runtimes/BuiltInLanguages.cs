namespace Platform.Sandbox.Runtimes;

/// <summary>The catalogue without configuration.</summary>
internal static class BuiltInLanguages
{
    public static IReadOnlyList<LanguageOptions> All => [Python, Node, Ruby, Bash, Go, Dotnet];

    private static LanguageOptions Python => new()
    {
        Lang = "python",
        Versions = ["3.7", "3.8", "3.9", "3.10", "3.11", "3.12"],
        Candidates = ["/usr/bin/python{v}", "/usr/local/bin/python{v}", "python{v}", "/opt/python*{v}*/bin/python{v}", "/usr/bin/python3"],
        VersionCommand = ["{bin}", "--version"],
        Command = ["{bin}", "{file}"],
        FileName = "main.py",
        Environment = { ["PYTHONDONTWRITEBYTECODE"] = "1", ["PYTHONIOENCODING"] = "utf-8" },
        Example = """
            # Structural pattern matching (Python 3.10)
            def area(shape):
                match shape:
                    case {"kind": "circle", "radius": r}:
                        return 3.14159 * r * r
                    case {"kind": "square", "side": s}:
                        return s * s
                    case _:
                        raise ValueError("unknown shape")

            for shape in ({"kind": "circle", "radius": 2}, {"kind": "square", "side": 3}):
                print(shape["kind"], area(shape))

            """,
    };

    private static LanguageOptions Node => new()
    {
        Lang = "node",
        Versions = ["18", "20", "22"],
        Candidates = ["node{v}", "/usr/bin/node", "/usr/local/bin/node", "node", "/opt/node*{v}*/bin/node", "/usr/local/lib/node*{v}*/bin/node"],
        VersionCommand = ["{bin}", "--version"],
        Command = ["{bin}", "{file}"],
        FileName = "main.js",
        Example = """
            // Promise.withResolvers (Node.js 22), with the older way where it is missing
            const withResolvers = Promise.withResolvers?.bind(Promise) ?? (() => {
              let resolve, reject;
              const promise = new Promise((ok, no) => { resolve = ok; reject = no; });
              return { promise, resolve, reject };
            });

            const { promise, resolve } = withResolvers();
            setTimeout(() => resolve("resolved from outside"), 10);
            promise.then(console.log);

            """,
    };

    private static LanguageOptions Ruby => new()
    {
        Lang = "ruby",
        Versions = ["3.1", "3.2", "3.3"],
        Candidates = ["/usr/bin/ruby{v}", "ruby{v}", "/usr/bin/ruby", "/usr/local/bin/ruby", "ruby", "/opt/ruby*{v}*/bin/ruby"],
        VersionCommand = ["{bin}", "--version"],
        Command = ["{bin}", "{file}"],
        FileName = "main.rb",
        Example = """
            # Data.define (Ruby 3.2), with Struct where it is missing
            Point = defined?(Data.define) ? Data.define(:x, :y) : Struct.new(:x, :y, keyword_init: true)

            origin = Point.new(x: 0, y: 0)
            target = Point.new(x: 3, y: 4)
            puts "distance #{Math.hypot(target.x - origin.x, target.y - origin.y)}"

            """,
    };

    private static LanguageOptions Bash => new()
    {
        Lang = "bash",
        Versions = ["5.1", "5.2", "5.3"],
        Candidates = ["bash{v}", "/usr/bin/bash", "/bin/bash", "/usr/local/bin/bash", "/opt/bash*{v}*/bin/bash"],
        VersionCommand = ["{bin}", "--version"],
        Command = ["{bin}", "{file}"],
        FileName = "main.sh",
        Example = """
            # Upper-case expansion (Bash 5.1)
            greeting="hello from bash"
            echo "${greeting@U}"

            """,
    };

    private static LanguageOptions Go => new()
    {
        Lang = "go",
        Versions = ["1.19", "1.20", "1.21", "1.22"],
        Candidates = ["/usr/lib/go-{v}/bin/go", "/usr/local/go/bin/go", "/usr/local/go{v}*/bin/go", "go{v}", "go", "/opt/go*{v}*/bin/go"],
        VersionCommand = ["{bin}", "version"],
        Command = ["{bin}", "run", "{file}"],
        FileName = "main.go",
        TmpMb = 256,
        Environment =
        {
            ["GOCACHE"] = "/tmp/.cache", ["GOPATH"] = "/tmp/go", ["GOFLAGS"] = "-mod=mod", ["GOPROXY"] = "off", ["GOTOOLCHAIN"] = "local",
            ["GOTELEMETRY"] = "off", ["CGO_ENABLED"] = "0",
        },
        Example = """
            package main

            import "fmt"

            // A generic function (Go 1.18); Go 1.21 has clear(m) for its last step
            func empty[K comparable, V any](m map[K]V) {
            	for k := range m {
            		delete(m, k)
            	}
            }

            func main() {
            	ages := map[string]int{"ada": 36, "alan": 41}
            	fmt.Println("before", len(ages))
            	empty(ages)
            	fmt.Println("after", len(ages))
            }

            """,
    };

    // The SDK: what is only a runtime cannot compile. Its own start takes two thirds as long without what debuggers and profilers attach to.
    private static LanguageOptions Dotnet => new()
    {
        Lang = "dotnet",
        Versions = ["8", "9", "10"],
        Candidates = ["/usr/share/dotnet/dotnet", "/usr/lib/dotnet/dotnet", "/usr/lib64/dotnet/dotnet", "/usr/local/share/dotnet/dotnet", "dotnet", "/opt/dotnet*/dotnet"],
        VersionCommand = ["{bin}", "--list-sdks"],
        Command = ["{bin}", "exec", "{file}"],
        FileName = "main.dll",
        Environment = { ["DOTNET_EnableDiagnostics"] = "0", ["DOTNET_EnableWriteXorExecute"] = "0", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1" },
        Scripts = false,
    };
}
