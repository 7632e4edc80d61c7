using Bellhop.Permissions;

namespace Bellhop.Diagnostics;

/// <summary>Requests that wait for a person, as alarms: nothing else in a session goes on meanwhile.</summary>
internal static class PermissionAlarms
{
    public static IEnumerable<Alarm> Of(IReadOnlyList<PermissionRequest> waiting) =>
        waiting.Select(request => new Alarm($"permission:{request.Id}", Words(request), request.AskedAt));

    // The agent's own words stand last, so that they cannot push the commands out of sight.
    private static string Words(PermissionRequest request) =>
        $"The agent of {request.Session} asks leave and waits until {request.ExpiresAt.UtcDateTime:HH:mm:ss} UTC; answer with: "
        + $"bellhop permissions allow {request.Id}, or: bellhop permissions deny {request.Id}. It wants to call: {request.Question.Title}";
}
