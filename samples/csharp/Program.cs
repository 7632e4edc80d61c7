// Pushes an event and prints the agent's answer: dotnet run -- [TYPE [FILE [http://… | redis://…]]]
using Bellhop.Client;

var type = args is [var named, ..] ? named : "download.complete";
var file = args is [_, var path, ..] ? path : "video.mp4";
await using var gateway = BellhopClient.Connect(args is [_, _, var address, ..] ? address : null);
try
{
    var receipt = await gateway.PushAsync(type, "samples/csharp", new { file });
    Console.WriteLine($"kept {receipt.Id} for {string.Join(", ", receipt.Sessions)}");

    var outcome = await gateway.WaitAsync(receipt, TimeSpan.FromMinutes(1));
    foreach (var reply in outcome.Replies)
        Console.WriteLine(reply);
    foreach (var delivery in outcome.Deliveries)
        Console.WriteLine($"{delivery.Session}: {delivery.State} {delivery.Reason}".TrimEnd());
    return outcome.IsCompleted ? 0 : 1;
}
catch (BellhopClientException e)
{
    Console.Error.WriteLine(e.Message);
    return 3;
}
