using Platform.Benchmarks;

return args switch
{
    ["bare-kestrel", var port] => await BareKestrel.RunAsync(int.Parse(port)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("bench: http|execute|orchestrations [rounds]");
    return 2;
}
