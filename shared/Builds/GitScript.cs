using System.Text;

namespace Platform.Builds;

/// <summary>How a commit is fetched. Everything that users say comes in variables, never as words of the script.</summary>
internal static class GitScript
{
    public const int RefNotFound = 40;
    public const int CommitNotFound = 41;
    public const int Refused = 42;

    public const string Text = """
        set -u -o pipefail
        unset no_proxy NO_PROXY # nothing that is fetched is inside the sandbox
        cd /build/source || exit 1
        try() { "$@" 2> >(tee /build/home/git-errors >&2); local code=$?; if [ $code -ne 0 ] && grep -qiE 'authentication failed|could not read Username|error: 40[134]|not found' /build/home/git-errors; then exit 42; fi; return $code; }
        [ -d .git ] || git init -q . || exit 1
        depth=(); [ "$GIT_SOURCE_DEPTH" = 0 ] || depth=(--depth "$GIT_SOURCE_DEPTH")
        full='^[0-9a-f]{40}([0-9a-f]{24})?$'
        if [[ "$GIT_SOURCE_COMMIT" =~ $full ]] && git fetch -q --no-tags "${depth[@]}" -- "$GIT_SOURCE_URL" "$GIT_SOURCE_COMMIT" 2>/dev/null; then
            target=$(git rev-parse -q --verify 'FETCH_HEAD^{commit}')
        else
            if [ -n "$GIT_SOURCE_REF" ]; then
                refs=$(try git ls-remote -q -- "$GIT_SOURCE_URL" "refs/heads/$GIT_SOURCE_REF" "refs/tags/$GIT_SOURCE_REF") || exit $?
                ref=$(printf '%s\n' "$refs" | awk -v r="$GIT_SOURCE_REF" '$2 == "refs/heads/" r || $2 == "refs/tags/" r { print $2 }' | head -n 1)
                [ -n "$ref" ] || exit 40
            else
                ref=HEAD
            fi
            [ -z "$GIT_SOURCE_COMMIT" ] || depth=()
            try git fetch -q --no-tags "${depth[@]}" -- "$GIT_SOURCE_URL" "$ref" || exit $?
            target=$(git rev-parse -q --verify 'FETCH_HEAD^{commit}') || exit 40
            if [ -n "$GIT_SOURCE_COMMIT" ]; then target=$(git rev-parse -q --verify "$GIT_SOURCE_COMMIT^{commit}") || exit 41; fi
        fi
        git checkout -q --detach "$target" || exit 1
        [ "$(git rev-parse HEAD)" = "$target" ] || exit 41
        case "$target" in "$GIT_SOURCE_COMMIT"*) ;; *) exit 41 ;; esac
        if [ "$GIT_SOURCE_SUBMODULES" = 1 ]; then try git submodule update -q --init --recursive --depth 1 || exit $?; fi
        git log -1 --format='%H%n%an%n%B' > /build/home/commit
        """;

    public static IReadOnlyDictionary<string, string> Variables(Build build, string? token)
    {
        var source = build.Source;
        var uri = new Uri(source.Url!);
        var settings = new List<(string Key, string Value)>
        {
            ("protocol.allow", "never"), ("protocol.https.allow", "always"), ("http.followRedirects", "false"), ("core.hooksPath", "/dev/null"), ("credential.helper", ""),
            ("core.askPass", ""), ("advice.detachedHead", "false"), ("safe.directory", "*"), ("fetch.recurseSubmodules", "false"), ("core.symlinks", "true"), ("transfer.fsckObjects", "false"),
        };
        if (uri.Scheme == Uri.UriSchemeHttp)
            settings.Add(("protocol.http.allow", "always"));
        if (token is not null)
            settings.Add(($"http.{uri.GetLeftPart(UriPartial.Authority)}/.extraHeader", $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{source.Username ?? "x-access-token"}:{token}"))}"));
        var variables = new Dictionary<string, string>
        {
            ["GIT_SOURCE_URL"] = source.Url!,
            ["GIT_SOURCE_REF"] = source.Ref ?? build.Branch ?? "",
            ["GIT_SOURCE_COMMIT"] = source.CommitSha ?? build.CommitSha ?? "",
            ["GIT_SOURCE_DEPTH"] = $"{source.Depth ?? 1}",
            ["GIT_SOURCE_SUBMODULES"] = source.Submodules == true ? "1" : "0",
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            ["GIT_TERMINAL_PROMPT"] = "0",
            ["GIT_ASKPASS"] = "/bin/false",
            ["GIT_CONFIG_COUNT"] = $"{settings.Count}",
        };
        foreach (var (setting, index) in settings.Select((setting, index) => (setting, index)))
            (variables[$"GIT_CONFIG_KEY_{index}"], variables[$"GIT_CONFIG_VALUE_{index}"]) = setting;
        return variables;
    }
}
