#include "vtprobe/hal/replay_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/recording_of.h"
#include "vtprobe/fixtures/backend_contract.h"
#include "vtprobe/fixtures/result_matchers.h"
#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe {
namespace {

using fixtures::FailsWith;

constexpr LogicalCpu kCpu0{0};
constexpr MsrAddress kFeatureControl{0x3a};

TEST(ReplayBackend, WhatTheRecordingLacksIsNotRecorded) {
  ReplayBackend backend{PlatformSnapshot()};
  EXPECT_THAT(backend.ReadMsr(kCpu0, kFeatureControl), FailsWith(AccessCode::kNotRecorded));
  EXPECT_THAT(backend.ReadCpuid(kCpu0, {0, 0}), FailsWith(AccessCode::kNotRecorded));
}

TEST(ReplayBackend, ACpuDeclaredOfflineIsOffline) {
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.OpenBlock(CpuSet(kCpu0), SnapshotBuilder::Presence::kOffline));
  ReplayBackend backend(builder.Build());
  EXPECT_THAT(backend.ReadMsr(kCpu0, kFeatureControl), FailsWith(AccessCode::kCpuOffline));
  EXPECT_THAT(backend.ReadCpuid(kCpu0, {0, 0}), FailsWith(AccessCode::kCpuOffline));
}

// A transcribed source often gives ECX alone; zeros in the places of the others
// would be an answer that no CPU gave.
TEST(ReplayBackend, ALeafRecordedInPartIsNotRecorded) {
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.OpenBlock(CpuSet(kCpu0)));
  ASSERT_TRUE(builder.AddCpuid({1, 0}, PartialCpuid{{0, 0, 0x20, 0}, MaskOf(CpuidRegister::kEcx)}));
  ReplayBackend backend(builder.Build());
  EXPECT_THAT(backend.ReadCpuid(kCpu0, {1, 0}), FailsWith(AccessCode::kNotRecorded));
}

}  // namespace

namespace fixtures {
namespace {

// A recording holds any failure.
template <typename Known>
class ReplayHarness {
 public:
  static constexpr auto& kFailures = kAllAccessCodes;

  explicit ReplayHarness(const Known& known) : backend_(RecordingOf(known)) {}
  ReplayBackend& reader() { return backend_; }

 private:
  ReplayBackend backend_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(ReplayBackend, MsrBackendContract, ReplayHarness<KnownMsrs>);
INSTANTIATE_TYPED_TEST_SUITE_P(ReplayBackend, CpuidBackendContract, ReplayHarness<KnownCpuids>);

}  // namespace
}  // namespace fixtures
}  // namespace vtprobe
