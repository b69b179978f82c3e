using System.Net.Http.Headers;

using Platform.Organizations;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Contract;

/// <summary>Who sends the requests of a fuzz run. One whose session a request has ended gets a new one.</summary>
internal sealed class FuzzCallers
{
    private readonly OperationWorld _world;
    private readonly List<FuzzCaller> _callers;

    private FuzzCallers(OperationWorld world, List<FuzzCaller> callers) => (_world, _callers) = (world, callers);

    public HttpClient Client => _world.App.Anonymous;

    public static async Task<FuzzCallers> CreateAsync(OperationWorld world)
    {
        var token = await AccessTokens.OfAsync(world.Owner, "*");
        return new(world, await CallersAsync(world, token is null ? [] : [new FuzzCaller(null, _ => OperationWorld.Bearer(token))]));
    }

    private static async Task<List<FuzzCaller>> CallersAsync(OperationWorld world, List<FuzzCaller> further) =>
    [
        new FuzzCaller(null, _ => _ => { }),
        new FuzzCaller(null, _ => headers => headers.TryAddWithoutValidation("Authorization", "Bearer pf_x.y.z")),
        new FuzzCaller(null, _ => headers => headers.TryAddWithoutValidation("Cookie", "access_token=\"; csrf_token=a=b;;x")),
        new FuzzCaller(await world.App.OperatorAsync(), user => OperationWorld.Bearer(user!.Token)) { IsOperator = true },
        new FuzzCaller(world.Owner, user => OperationWorld.Bearer(user!.Token)),
        new FuzzCaller(world.Owner, user => user!.AsBrowser(user.CsrfToken)),
        new FuzzCaller(world.Viewer, user => OperationWorld.Bearer(user!.Token)),
        .. further,
    ];

    // Half of the requests come from who may do most.
    public FuzzCaller Choose(FuzzInput fuzz) => fuzz.OneIn(2) ? _callers[3 + fuzz.Below(3)] : _callers[fuzz.Below(_callers.Count)];

    public async Task RenewAsync(FuzzCaller caller)
    {
        if (caller.User is null)
            return;
        if (caller.IsOperator)
        {
            caller.User = await _world.App.CreateOperatorAsync(); // the one before may have deleted himself
            return;
        }

        var user = await _world.App.CreateUserAsync();
        await _world.App.JoinAsync(user, _world.Owner, OrganizationRole.Admin);
        caller.User = user;
    }
}

internal sealed class FuzzCaller(TestUser? user, Func<TestUser?, Action<HttpRequestHeaders>> credential)
{
    public TestUser? User { get; set; } = user;

    public bool IsOperator { get; init; }

    public void Apply(HttpRequestHeaders headers) => credential(User)(headers);
}
