// Decompression for the tables of results (Zstandard, RFC 8878), by the standard library of Zig, as WebAssembly.
const std = @import("std");

// the largest distance back that a frame may refer to: that of the highest usual level of compression
const window = 1 << 23;

/// The number of bytes decompressed to `to`, or -1 where the frame is damaged or needs more room.
export fn decompress(from: [*]const u8, length: usize, to: [*]u8, room: usize) i32 {
    var input: std.Io.Reader = .fixed(from[0..length]);
    var output: std.Io.Writer = .fixed(to[0..room]);
    var frames: std.compress.zstd.Decompress = .init(&input, &.{}, .{ .window_len = window });
    const made = frames.reader.streamRemaining(&output) catch return -1;
    return @intCast(made);
}
